import type { Endpoint } from '../model/endpoint.js';

/** All webhooks and the version of the registry that they were read at. */
export interface TargetSnapshot {
  readonly version: number;
  readonly targets: readonly Endpoint[];
}

/** What changed since another version. */
export interface TargetChanges extends TargetSnapshot {
  /** Webhooks that were deleted. */
  readonly gone: readonly string[];
}

/** A webhook that was just switched off. */
export interface SwitchedOff {
  readonly webhookId: string;
  readonly reason: string;
}

/** Reads the webhooks as the delivery engine needs them. */
export abstract class EndpointRepository {
  abstract loadAll(): Promise<TargetSnapshot>;
  /** What changed since a version; undefined = that cannot be told, all of them have to be read. */
  abstract changedSince(version: number): Promise<TargetChanges | undefined>;
  /** Joins webhooks with projects that came later or have another name by now; answers how many. */
  abstract followProjects(): Promise<number>;
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
