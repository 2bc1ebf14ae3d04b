import { createHash, createSecretKey, KeyObject } from 'node:crypto';
import type { SecretsKey } from './service-options.js';

/** AES-256. */
export const KEY_BYTES = 32;

/** The id of a key that was given without one: the first 8 hexadecimal digits of its SHA-256. */
function fingerprintOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/**
 * One key: `<base64>` or `<id>:<base64>`.
 *
 * @returns undefined when it is not 32 bytes in base64, or the id has other characters than letters and digits
 */
export function parseSecretsKey(text: string): SecretsKey | undefined {
  const [, id, encoded = ''] = /^(?:([A-Za-z0-9_-]{1,32}):)?([A-Za-z0-9+/_-]+=*)$/.exec(text.trim()) ?? [];
  const key = Buffer.from(encoded, 'base64');
  return key.length === KEY_BYTES ? asKeyObject({ id: id ?? fingerprintOf(key), key }) : undefined;
}

/**
 * @param given by an application, perhaps one in JavaScript
 * @returns undefined when it does not have 32 bytes
 */
export function asKeyObject(given: SecretsKey | undefined): SecretsKey | undefined {
  if (!Buffer.isBuffer(given?.key) && !(given?.key instanceof KeyObject)) return undefined;
  const key = Buffer.isBuffer(given.key) ? createSecretKey(given.key) : given.key;
  return key.symmetricKeySize === KEY_BYTES ? { id: given.id, key } : undefined;
}
