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

/** A webhook of which deliveries failed for want of an answer. */
export interface Outage {
  readonly webhookId: string;
  /** RFC 3339; null = it is over, the receiver answers again. */
  readonly failingSince: string | null;
}

/** One attempt to find out whether an outage is over. Times are RFC 3339. */
export interface Probe {
  readonly webhookId: string;
  /** What was created before is too old. */
  readonly since: string;
  /** It was last tried before. */
  readonly triedBefore: string;
  readonly now: string;
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
  /**
   * At most `limit` failed deliveries after the id `after`, with a fresh retry schedule; `byItself` only those that
   * failed in an outage and were not queued again before.
   */
  abstract requeue(
    webhookId: string,
    range: LostRange,
    after: string,
    limit: number,
    instanceId: string,
    byItself?: boolean,
  ): Promise<Batch>;
  /** Active webhooks of which deliveries failed in an outage and may be queued again by themselves. */
  abstract outages(): Promise<Outage[]>;
  /** From when deliveries failed in an outage that is over (RFC 3339); null = it is not, or nothing is left to do. */
  abstract takeUp(webhookId: string, call: string): Promise<string | null>;
  /** All of what `call` took up is queued again. */
  abstract endOutage(webhookId: string, call: string): Promise<void>;
  /** Queues the oldest delivery that failed in an outage for one attempt, if nothing else waits; whether there was one. */
  abstract probe(probe: Probe, instanceId: string): Promise<boolean>;
}
