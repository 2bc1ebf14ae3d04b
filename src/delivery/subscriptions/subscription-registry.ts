import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import type { Target } from '../sending/target.js';
import { SubscriptionIndex } from './subscription-index.js';
import { TargetRepository } from './target.repository.js';

/** The webhooks in memory: matched and sent to without asking the graph, replaced as a whole on every change. */
@Injectable()
export class SubscriptionRegistry implements OnModuleInit {
  private index = new SubscriptionIndex(-1, []);
  private loading: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private readonly changes = new Subject<void>();
  private readonly renewals = new Subject<string>();

  constructor(private readonly repository: TargetRepository) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** Version in the graph that the present picture was read at. */
  get version(): number {
    return this.index.version;
  }

  /** Emits after each refresh. */
  get changed$(): Observable<void> {
    return this.changes.asObservable();
  }

  /** Emits a webhook that was switched on again, or that has another URL: what was known of its endpoint is over. */
  get renewed$(): Observable<string> {
    return this.renewals.asObservable();
  }

  get(webhookId: string): Target | undefined {
    return this.index.get(webhookId);
  }

  /** Whether the graph has this webhook, readable or not. */
  has(webhookId: string): boolean {
    return this.index.get(webhookId) !== undefined;
  }

  ids(): string[] {
    return [...this.index.ids()];
  }

  match(event: string, projectId: string | null): Target[] {
    return this.index.match(event, projectId);
  }

  /** Reads the webhooks again. Resolves when a read that began after this call has finished; calls share reads. */
  refresh(): Promise<void> {
    if (!this.loading) return (this.loading = this.load());
    this.queued ??= this.loading.then(
      () => this.startQueued(),
      () => this.startQueued(),
    );
    return this.queued;
  }

  private startQueued(): Promise<void> {
    this.queued = undefined;
    return (this.loading = this.load());
  }

  private async load(): Promise<void> {
    try {
      const { version, targets } = await this.repository.loadAll();
      const former = this.index;
      // Reads do not overlap, so a lower version is no older picture: a backup was put back, or the graph was emptied.
      this.index = new SubscriptionIndex(version, targets);
      this.changes.next();
      for (const { webhookId, url, active } of targets) {
        const known = former.get(webhookId);
        if (known && (known.url !== url || (active && !known.active))) this.renewals.next(webhookId);
      }
    } finally {
      this.loading = undefined;
    }
  }
}
