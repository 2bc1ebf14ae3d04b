import { BASSET } from './basset/basset.format.js';
import type { Format, FormatOptions } from './format.js';
import { FORMATS } from './registry.js';

/** Every format there is, `basset` first. */
export const ALL_FORMATS: readonly Format[] = [BASSET, ...FORMATS];

const BY_NAME: ReadonlyMap<string, Format> = new Map(ALL_FORMATS.map((format) => [format.name, format]));

/** undefined = there is no such format. */
export function formatNamed(name: string): Format | undefined {
  return BY_NAME.get(name);
}

/** Whether whoever knows the URL can send. */
export function hasSecretUrl({ urlIsSecret }: Pick<Format, 'urlIsSecret'>, options: FormatOptions): boolean {
  return urlIsSecret || options['url_is_secret'] === true;
}
