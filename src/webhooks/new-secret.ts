import { randomBytes } from 'node:crypto';

/** Standard Webhooks recommends 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** A secret as every Standard Webhooks library takes it: `whsec_<base64>`. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
