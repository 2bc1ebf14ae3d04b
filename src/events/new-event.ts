/** Events of one caller, recorded together or not at all. */
export interface Submission {
  /** Emptied when the caller no longer waits and they have not been written. */
  events: readonly NewEvent[];
  /** When it came, monotonic ms. */
  readonly since: number;
  /** The caller was refused: it is not to be written any more. */
  isWithdrawn: boolean;
  /** It may have been committed without our knowing. */
  isInDoubt: boolean;
}

export type SubmissionResult = readonly RecordedEvent[] | Error;

export function newSubmission(events: readonly NewEvent[], since: number): Submission {
  return { events, since, isWithdrawn: false, isInDoubt: false };
}

/** Longest id of a project, characters (code points): that of a webhook and that of an event. */
export const MAX_PROJECT_ID_LENGTH = 255;

/** An event on its way in, already validated. */
export interface NewEvent {
  /** A known event type. */
  readonly event: string;
  readonly projectId: string | null;
  /** The JSON text of `data`, exactly as it shall reach the receiver. */
  readonly dataJson: string;
  /** RFC 3339; null = the time of acceptance. */
  readonly timestamp: string | null;
  /** The caller's event id (≤ 128 visible ASCII characters); null = a UUIDv7 is made. */
  readonly id: string | null;
  /** The caller's idempotency key (≤ 128 visible ASCII characters). */
  readonly idempotencyKey: string | null;
  /** The trace that it belongs to (W3C). @default null */
  readonly traceparent?: string | null;
  /** The batch that the key was given for, as a whole. */
  readonly batch?: KeyedBatch;
  /** Where it stands in its request, for errors. @default ['body'] */
  readonly place?: readonly (string | number)[];
  /** The one webhook that does not get it, though it subscribes: the event is about it. */
  readonly exceptWebhookId?: string;
}

/** What the events of a batch with one idempotency key have in common, and which of them one is. */
export interface KeyedBatch {
  readonly index: number;
  /** SHA-256 (hex) of all its events: another batch under the same key is another request. */
  readonly digest: string;
}

/** What an accepted event became; durable when it is returned. */
export interface RecordedEvent {
  readonly eventId: string;
  /** One for each matching webhook; empty when nobody subscribes. */
  readonly deliveryIds: readonly string[];
}

/**
 * The body of every request of an event: the keys of contract section 3, in this order, built once and stored. `dataJson`
 * is JSON already and is not touched.
 */
export function wireBody({
  event,
  timestamp,
  projectId,
  dataJson,
}: Pick<NewEvent, 'event' | 'projectId' | 'dataJson'> & { readonly timestamp: string }): string {
  return (
    `{"event":${JSON.stringify(event)},"timestamp":${JSON.stringify(timestamp)}` +
    `,"project_id":${JSON.stringify(projectId)},"data":${dataJson}}`
  );
}
