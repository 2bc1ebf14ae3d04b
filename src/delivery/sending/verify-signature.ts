import { timingSafeEqual } from 'node:crypto';
import { bodySignature, standardSignature } from './signer.js';

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
