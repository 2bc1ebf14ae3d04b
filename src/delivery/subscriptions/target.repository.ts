import type { Target } from '../sending/target.js';

/** All webhooks and the version of the registry that they were read at. */
export interface TargetSnapshot {
  readonly version: number;
  readonly targets: readonly Target[];
}

/** Reads the webhooks as the delivery engine needs them. */
export abstract class TargetRepository {
  abstract loadAll(): Promise<TargetSnapshot>;
  /** Sets an active webhook inactive, with the reason; false = there was none. */
  abstract deactivate(webhookId: string, reason: string): Promise<boolean>;
  /** Sets the webhooks inactive whose Basset Hound project was deleted; answers their ids. */
  abstract deactivateOrphans(reason: string): Promise<string[]>;
}
