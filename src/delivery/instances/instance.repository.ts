/** A running service process, as the others see it. */
export interface InstanceRecord {
  readonly id: string;
  /** Grows by one with each heartbeat. */
  readonly beat: number;
  readonly host: string;
  readonly pid: number;
}

/** What one heartbeat learns. */
export interface HeartbeatAnswer {
  /** false: others have taken this instance for dead, its claims are no longer its own. */
  readonly alive: boolean;
  /** Version of the webhooks in the graph. */
  readonly registryVersion: number;
  readonly others: readonly InstanceRecord[];
}

/** The heartbeat nodes and the claims that hang on them. */
export abstract class InstanceRepository {
  abstract register(instance: InstanceRecord): Promise<void>;
  abstract beat(id: string): Promise<HeartbeatAnswer>;
  /** Declares an instance dead if its heartbeat still stands where it was seen; false = it lives, or is gone. */
  abstract bury(id: string, seenBeat: number): Promise<boolean>;
  /** Gives at most `limit` claims of an instance back to the queue; answers how many. */
  abstract releaseClaims(id: string, now: string, limit: number): Promise<number>;
  /** Folds the counters of an instance into the common ones and removes its node. */
  abstract remove(id: string): Promise<void>;
}
