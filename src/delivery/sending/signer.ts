import { createHmac, timingSafeEqual } from 'node:crypto';

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

/** A received webhook request. */
export interface ReceivedWebhook {
  /** As Node's `request.headers`: lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The exact bytes of the body, before any parsing. */
  readonly body: Buffer | string;
  /** Not empty: with an empty secret anybody could sign. */
  readonly secret: string;
  /** Seconds that `webhook-timestamp` may be off; `Infinity` = the time does not matter. @default 300 */
  readonly toleranceSeconds?: number;
  /** Wall clock, ms. @default Date.now() */
  readonly nowMs?: number;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Whether a request was signed with the secret, recently: for receivers written with this package. Checks the Standard
 * Webhooks headers. `X-Webhook-Signature` carries no time: whoever has seen a request could strip the other headers and
 * play it back for ever, so that one is taken only where `toleranceSeconds` says that the time does not matter.
 *
 * @throws TypeError when the secret is empty, as when the receiver's own setting is missing
 * @see https://www.standardwebhooks.com
 */
export function verifySignature(request: ReceivedWebhook): boolean {
  const { headers, secret, toleranceSeconds = 300, nowMs = Date.now() } = request;
  if (secret === '') throw new TypeError('The secret must not be empty');
  const body = Buffer.from(request.body);
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`],
  );
  if (typeof signatures !== 'string') {
    if (toleranceSeconds !== Infinity) return false;
    const signature = headers['x-webhook-signature'];
    return typeof signature === 'string' && equal(signature, bodySignature(secret, body));
  }
  if (typeof id !== 'string' || typeof timestamp !== 'string' || !/^\d+$/.test(timestamp)) return false;
  // So written, a tolerance that is not a number accepts nothing.
  if (!(Math.abs(nowMs / 1000 - Number(timestamp)) <= toleranceSeconds)) return false;
  const expected = standardSignature(secret, { id, timestamp: Number(timestamp), body });
  return signatures.split(' ').some((signature) => equal(signature, expected));
}
