/** Deliveries that ended as failed, by the time of their creation. RFC 3339; absent = no bound. */
export interface LostRange {
  /** Created at or after. */
  readonly since?: string;
  /** Created before. */
  readonly until?: string;
}

/** What one batch has brought. */
export interface Batch {
  readonly count: number;
  /** The last id that was looked at: where the next batch goes on; null = there is nothing more. */
  readonly last: string | null;
}

/** Brings failed deliveries back into the queue. */
export abstract class RecoveryRepository {
  /** From when the last outage of a webhook lost deliveries (RFC 3339); null = it lost none. */
  abstract begin(webhookId: string): Promise<string | null>;
  /** All that was lost since then is back. */
  abstract end(webhookId: string, since: string): Promise<void>;
  /** What `begin` would answer; changes nothing. */
  abstract lostSince(webhookId: string): Promise<string | null>;
  /** How many of the next `limit` failed deliveries after the id `after` a recovery would take. */
  abstract count(webhookId: string, range: LostRange, after: string, limit: number): Promise<Batch>;
  /** At most `limit` failed deliveries after the id `after`, with a fresh retry schedule. */
  abstract requeue(
    webhookId: string,
    range: LostRange,
    after: string,
    limit: number,
    instanceId: string,
  ): Promise<Batch>;
}
