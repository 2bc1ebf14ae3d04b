import type { Delivery, Webhook } from '../api/types.js';

/** When a request started and which it was. */
interface Sent {
  readonly number: number;
  readonly started_at: string;
}

/**
 * The headers of an attempt. They are not stored: they are built here as the service builds them. Signatures need the
 * secret, which nobody gets back.
 *
 * @param attempt the one to show; undefined = there was none yet
 */
export function rebuiltHeaders(
  delivery: Delivery,
  webhook: Webhook | undefined,
  attempt: Sent | undefined,
  version: string | undefined,
): Readonly<Record<string, string>> {
  const time = attempt && String(Math.floor(Date.parse(attempt.started_at) / 1000));
  const own = webhook?.headers ?? {};
  const accepts = Object.keys(own).some((name) => name.toLowerCase() === 'accept');
  return {
    ...(!accepts && { Accept: '*/*' }),
    ...own,
    'Content-Type': 'application/json',
    'User-Agent': `Basset-Hound-Webhooks/${version ?? ''}`,
    'webhook-id': delivery.event_id,
    ...(time !== undefined && { 'webhook-timestamp': time }),
    'X-Webhook-Event': delivery.event,
    'X-Webhook-Delivery': delivery.id,
    ...(attempt && { 'X-Webhook-Attempt': String(attempt.number) }),
  };
}
