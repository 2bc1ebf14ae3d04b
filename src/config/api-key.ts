import { createHash } from 'node:crypto';
import type { ApiKey } from './service-options.js';

export const MIN_KEY_LENGTH = 16;

/** `key` or `name:key`; a key without a name is called by its digest. */
export function parseApiKey(text: string): ApiKey {
  const [, name, key = ''] = /^(?:([A-Za-z0-9_.-]{1,64}):)?(.+)$/.exec(text) ?? [];
  return { name: name ?? `key-${createHash('sha256').update(key).digest('hex').slice(0, 6)}`, key };
}
