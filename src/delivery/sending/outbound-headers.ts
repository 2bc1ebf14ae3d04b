import { VERSION } from '../../common/version.js';
import type { Credentials } from './credentials.js';
import { signatureHeaders } from './signer.js';
import type { OutboundAttempt } from '../model/endpoint.js';

export const USER_AGENT = `Basset-Hound-Webhooks/${VERSION}`;

function saysWhatItAccepts(headers: Credentials['headers']): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'accept');
}

/**
 * All headers of one attempt: the webhook's own first, so that they can never take the place of ours.
 *
 * @param timestamp seconds since the epoch, of this attempt
 */
export function outboundHeaders(
  attempt: OutboundAttempt,
  credentials: Credentials,
  timestamp: number,
): Record<string, string> {
  return {
    // Without one, some firewalls answer 403 or 406.
    ...(!saysWhatItAccepts(credentials.headers) && { Accept: '*/*' }),
    ...credentials.headers,
    'Content-Type': 'application/json',
    'User-Agent': USER_AGENT,
    ...signedHeaders(attempt, attempt.body, credentials.secrets, timestamp),
  };
}

/** What tells a receiver that knows us which event, delivery and attempt it is, and that it is ours. */
export function signedHeaders(
  { eventId, event, deliveryId, attempt, traceparent }: OutboundAttempt,
  body: Buffer,
  secrets: readonly string[],
  timestamp: number,
): Record<string, string> {
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'X-Webhook-Event': event,
    'X-Webhook-Delivery': deliveryId,
    'X-Webhook-Attempt': String(attempt),
    ...(traceparent !== null && { traceparent }),
    ...signatureHeaders(secrets, { id: eventId, timestamp, body }),
  };
}
