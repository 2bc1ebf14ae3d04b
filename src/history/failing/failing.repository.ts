import type { FailingWebhook } from './failing.js';

/** A webhook that the service switched off, and of which the subscribers of `system.health` were not told yet. */
export interface Deactivation {
  readonly webhookId: string;
  readonly name: string;
  readonly projectId: string | null;
  readonly cause: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What the graph knows of failing webhooks, and what of it was told. */
export abstract class FailingRepository {
  /** Webhooks whose last attempt failed, and those of whose recovery nobody was told. */
  abstract failing(): Promise<FailingWebhook[]>;
  abstract failingTold(webhookId: string, since: string, now: string): Promise<void>;
  abstract recoveryTold(webhookId: string, since: string): Promise<void>;
  abstract untoldDeactivations(): Promise<Deactivation[]>;
  abstract deactivationTold(webhookId: string, at: string): Promise<void>;
}
