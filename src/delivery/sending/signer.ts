import { createHmac } from 'node:crypto';

const STANDARD_PREFIX = 'whsec_';
/** With or without padding, as the reference libraries take it. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** What is signed besides the secret. */
export interface Signable {
  /** The event id, sent as `webhook-id`. */
  readonly id: string;
  /** Seconds since the epoch, of this attempt. */
  readonly timestamp: number;
  readonly body: Buffer;
}

/** HMAC key of a secret: the decoded rest of `whsec_<base64>`, else its UTF-8 bytes (Standard Webhooks). */
export function signingKey(secret: string): Buffer {
  const encoded = secret.startsWith(STANDARD_PREFIX) ? secret.slice(STANDARD_PREFIX.length) : '';
  return encoded !== '' && BASE64.test(encoded)
    ? Buffer.from(encoded, 'base64')
    : Buffer.from(secret, 'utf8');
}

/** `sha256=<hex HMAC-SHA256(secret as UTF-8, body)>`: the header X-Webhook-Signature. */
export function bodySignature(secret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** `v1,<base64 HMAC-SHA256(key, id.timestamp.body)>`: one entry of the header webhook-signature (Standard Webhooks). */
export function standardSignature(secret: string, { id, timestamp, body }: Signable): string {
  const hmac = createHmac('sha256', signingKey(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}

/**
 * The signature headers of one attempt; none without a secret.
 *
 * @param secrets newest first; during a rotation the former one signs along
 */
export function signatureHeaders(secrets: readonly string[], signable: Signable): Record<string, string> {
  const [newest] = secrets;
  if (newest === undefined) return {};
  return {
    'X-Webhook-Signature': bodySignature(newest, signable.body),
    'webhook-signature': secrets.map((secret) => standardSignature(secret, signable)).join(' '),
  };
}
