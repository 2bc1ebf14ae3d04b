/** A running service process, as the others see it. */
export interface InstanceRecord {
  readonly id: string;
  /** Grows by one with each heartbeat. */
  readonly beat: number;
  readonly host: string;
  readonly pid: number;
  /** Where that process id means something, see `processSpace`. */
  readonly space: string;
}

/** What one heartbeat learns. */
export interface HeartbeatAnswer {
  /** false: others have taken this instance for dead, its claims are no longer its own. */
  readonly alive: boolean;
  /** Version of the webhooks in the graph. */
  readonly registryVersion: number;
  readonly others: readonly InstanceRecord[];
  /** What the others have done so far, all together. */
  readonly othersWork: number;
}

export interface Released {
  /** Claims that were looked at; fewer than the limit = there are no more. */
  readonly found: number;
  /** Of these, those that went back to the queue. */
  readonly released: number;
}

/** An instance as claims name it. */
export interface Claimer {
  readonly id: string;
  /** false: it is gone for good, because instances register before they claim and ids do not come again. */
  readonly registered: boolean;
}

/** The heartbeat nodes and the claims that hang on them. */
export abstract class InstanceRepository {
  /** @param patienceMs how long it may take instead of what a heartbeat may */
  abstract register(instance: InstanceRecord, patienceMs?: number): Promise<void>;
  /** @param work events accepted and deliveries worked on so far */
  abstract beat(id: string, work: number): Promise<HeartbeatAnswer>;
  /** Declares an instance dead if its heartbeat still stands where it was seen; false = it lives, or is gone. */
  abstract bury(id: string, seenBeat: number): Promise<boolean>;
  /** Looks at no more than `limit` claims of an instance and gives them back to the queue. */
  abstract releaseClaims(id: string, now: string, limit: number): Promise<Released>;
  /** The first id after `after` that claims are marked with; undefined = there is none. */
  abstract nextClaimer(after: string): Promise<Claimer | undefined>;
  /** Folds the counters of an instance into the common ones and removes its node. */
  abstract remove(id: string): Promise<void>;
}
