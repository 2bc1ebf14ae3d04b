/** A webhook with more finished deliveries than may be kept. */
export interface Overfull {
  readonly webhookId: string;
  /** Finished deliveries too many. */
  readonly excess: number;
}

/** What an eviction did to the log of a webhook. */
export interface Eviction {
  readonly evicted: number;
  /** Finished deliveries that are still there. */
  readonly kept: number;
}

/** Removes what the log need no longer keep, in bounded batches. Only finished deliveries are ever evicted. */
export abstract class HistoryRepository {
  /** At most `limit` webhooks with more finished deliveries than `cap`, those with the most first. */
  abstract overfull(cap: number, limit: number): Promise<Overfull[]>;
  /** Evicts at most `limit` of a webhook's oldest finished deliveries. */
  abstract evictOldest(webhookId: string, limit: number): Promise<Eviction>;
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
