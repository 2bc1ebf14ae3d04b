import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 5 * 60;

/** Throws unless the request is authentic and recent. `body` is the raw body, before any parsing. */
export function verify(
  secret: string,
  headers: Record<string, string>,
  body: Buffer,
  now = Date.now() / 1000,
) {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!(Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS)) throw new Error('timestamp out of range');
  const isEncoded = secret.startsWith('whsec_');
  const key = isEncoded ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  // During the rotation of a secret there are two signatures, separated by a space.
  const isValid = (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isValid) throw new Error('wrong signature');
}
