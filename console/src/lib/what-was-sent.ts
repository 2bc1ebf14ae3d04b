import type { Webhook } from '../api/types.js';

/** The webhook of a delivery as it is set up today; undefined = not read yet. */
export type KnownWebhook = Webhook | 'gone' | undefined;

/** Whether the body of the event is what went out, and what to say beside it. */
export interface Known {
  readonly title: string;
  readonly isOwnBody: boolean;
  readonly note: string | undefined;
}

/** What can be said of the requests of a delivery: of those, only the body of the event is stored. */
export function whatIsKnown(webhook: KnownWebhook): Known {
  const isOwnBody = typeof webhook === 'object' && webhook.format === 'basset';
  if (isOwnBody) return { title: 'What was sent', isOwnBody, note: undefined };
  const unknown = { title: 'The event', isOwnBody };
  if (webhook === undefined) return { ...unknown, note: undefined };
  if (webhook === 'gone')
    return {
      ...unknown,
      note: 'Its webhook was deleted, and with it what its format, URL and headers were. In the format basset this body is what was sent.',
    };
  return {
    ...unknown,
    note: `What was sent is made of this event by the format ${webhook.format}; it is not stored.`,
  };
}

/** How the rebuilt headers are meant. */
export function aboutHeaders({ has_secret }: Webhook): string {
  const today =
    'Rebuilt with the URL and the headers that the webhook has today; what was sent is not stored. Values that are secret are ***';
  return has_secret ? `${today}, and the signatures need the secret.` : `${today}; it signs nothing today.`;
}
