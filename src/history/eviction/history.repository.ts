/** A webhook with more finished deliveries than may be kept. */
export interface Overfull {
  readonly webhookId: string;
  /** Finished deliveries too many. */
  readonly excess: number;
  /** From when on its failed deliveries may still be asked for, RFC 3339; null = they are history. */
  readonly missedSince: string | null;
}

/** Removes what the log need no longer keep, in bounded batches. Only finished deliveries are ever evicted. */
export abstract class HistoryRepository {
  /** At most `limit` webhooks with more finished deliveries than `cap`, those with the most first, without those in `except`. */
  abstract overfull(cap: number, limit: number, except: readonly string[]): Promise<Overfull[]>;
  /** Failed deliveries of a webhook from `missedFrom` (ms since the epoch) on, counted up to `limit`. */
  abstract countMissed(webhookId: string, missedFrom: number, limit: number): Promise<number>;
  /**
   * Evicts at most `limit` of a webhook's oldest finished deliveries, failed ones only from before `missedFrom` (ms
   * since the epoch); answers how many.
   */
  abstract evictOldest(webhookId: string, limit: number, missedFrom?: number): Promise<number>;
  /** Evicts at most `limit` finished deliveries of a webhook created before `before` (RFC 3339); answers how many. */
  abstract evictBefore(webhookId: string, before: string, limit: number): Promise<number>;
  /** Removes at most `limit` events without deliveries whose time to be remembered is over. */
  abstract purgeEvents(now: string, limit: number): Promise<number>;
  /** Deleted webhooks whose history is older than `deletedBefore` and has no unfinished delivery. */
  abstract forgettable(deletedBefore: string): Promise<string[]>;
  /** Removes a deleted webhook that has no deliveries left. */
  abstract forget(webhookId: string): Promise<void>;
  /** Removes at most `limit` of everything that this service stores; answers how many nodes. */
  abstract clear(limit: number): Promise<number>;
}
