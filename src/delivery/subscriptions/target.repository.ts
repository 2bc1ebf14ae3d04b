import type { Target } from '../sending/target.js';

/** All webhooks and the version of the registry that they were read at. */
export interface TargetSnapshot {
  readonly version: number;
  readonly targets: readonly Target[];
}

/** A webhook that was just switched off. */
export interface SwitchedOff {
  readonly webhookId: string;
  readonly reason: string;
}

/** Reads the webhooks as the delivery engine needs them. */
export abstract class TargetRepository {
  abstract loadAll(): Promise<TargetSnapshot>;
  /** Sets an active webhook inactive, with the reason. Answers what this call has switched off, here and below. */
  abstract deactivate(webhookId: string, cause: string, reason: string): Promise<SwitchedOff[]>;
  /** … if it still fails since `before` (RFC 3339) or earlier, with at least so many failed deliveries. */
  abstract deactivateFailing(
    webhookId: string,
    cause: string,
    before: string,
    failures: number,
  ): Promise<SwitchedOff[]>;
  /** … all whose Basset Hound project was deleted. */
  abstract deactivateOrphans(cause: string, reason: string): Promise<SwitchedOff[]>;
}
