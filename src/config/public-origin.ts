import { parseUrl } from '../common/parse-url.js';
import type { WebhooksOptions } from './service-options.js';

const SOME_NAME = 'basset-hound';

/** What receivers that ask who sends are told: a name of this system, not of one machine. */
export function originOf({
  publicOrigin,
  publicUrl,
}: Pick<WebhooksOptions, 'publicOrigin' | 'publicUrl'>): string {
  return publicOrigin ?? parseUrl(publicUrl ?? '')?.hostname ?? SOME_NAME;
}
