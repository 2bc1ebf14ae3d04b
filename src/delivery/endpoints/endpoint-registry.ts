import { Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import type { Endpoint } from '../model/endpoint.js';
import { BootGuard } from '../../neo4j/boot-guard.js';
import { EndpointIndex } from './endpoint-index.js';
import { EndpointRepository, type TargetChanges } from './endpoint.neo4j.repository.js';

/** All webhooks are read again at most so often; in between only what has changed is. */
const READ_ALL_MS = 5 * 60 * 1000;
const REREAD_MS = 5000;

function isRenewed(endpoint: Endpoint, known: Endpoint): boolean {
  const isElsewhere = known.url !== endpoint.url || known.identity !== endpoint.identity;
  return isElsewhere || (endpoint.active && !known.active);
}

/** The webhooks in memory: matched and sent to without asking the graph; a change is read, not all of them. */
@Injectable()
export class EndpointRegistry implements OnModuleInit {
  private index = new EndpointIndex(-1, []);
  private readAllAt = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private readonly changes = new Subject<void>();
  private readonly renewals = new Subject<string>();
  private readonly updates = new Subject<readonly string[]>();

  constructor(
    private readonly repository: EndpointRepository,
    @Optional() private readonly boot: BootGuard = new BootGuard(),
  ) {}

  async onModuleInit(): Promise<void> {
    await this.boot.during(() => this.refresh());
  }

  /** Version in the graph that the present picture was read at. */
  get version(): number {
    return this.index.version;
  }

  /** Emits after each refresh. */
  get changed$(): Observable<void> {
    return this.changes.asObservable();
  }

  /** Emits the webhooks that were read anew, or are gone: those that changed, and now and then all of them. */
  get updated$(): Observable<readonly string[]> {
    return this.updates.asObservable();
  }

  /** Emits a webhook that was switched on again, or that has another URL or format: what was known of its endpoint is over. */
  get renewed$(): Observable<string> {
    return this.renewals.asObservable();
  }

  get(webhookId: string): Endpoint | undefined {
    return this.index.get(webhookId);
  }

  /** Whether the graph has this webhook, readable or not. */
  has(webhookId: string): boolean {
    return this.index.get(webhookId) !== undefined;
  }

  ids(): string[] {
    return [...this.index.ids()];
  }

  all(): Endpoint[] {
    return [...this.index.all()];
  }

  match(event: string, projectId: string | null): Endpoint[] {
    return this.index.match(event, projectId);
  }

  /** Reads what has changed. Resolves when a read that began after this call has finished; calls share reads. */
  refresh(): Promise<void> {
    if (!this.loading) return (this.loading = this.load());
    this.queued ??= this.loading.then(
      () => this.startQueued(),
      () => this.startQueued(),
    );
    return this.queued;
  }

  /**
   * As `refresh`, of all webhooks: one that somebody took out of the graph, or spoiled, changes no version. At most every
   * five seconds; sooner it is no more than `refresh`.
   */
  reread(): Promise<void> {
    if (performance.now() - this.readAllAt >= REREAD_MS) this.readAllAt = Number.NEGATIVE_INFINITY;
    return this.refresh();
  }

  private startQueued(): Promise<void> {
    this.queued = undefined;
    return (this.loading = this.load());
  }

  private async load(): Promise<void> {
    try {
      const { version } = this.index;
      const changes = this.mustReadAll() ? undefined : await this.repository.changedSince(version);
      if (changes) this.apply(changes);
      else await this.readAll();
    } finally {
      this.loading = undefined;
    }
  }

  /** At the start, and now and then: somebody may have changed webhooks in the graph without raising the version. */
  private mustReadAll(): boolean {
    return performance.now() - this.readAllAt >= READ_ALL_MS;
  }

  private async readAll(): Promise<void> {
    const startedAt = performance.now();
    const { version, endpoints } = await this.repository.loadAll();
    const former = this.index;
    // Reads do not overlap, so a lower version is no older picture: a backup was put back, or the graph was emptied.
    this.index = new EndpointIndex(version, endpoints);
    this.readAllAt = startedAt;
    this.tell(endpoints, (webhookId) => former.get(webhookId));
    this.updates.next([...new Set([...former.ids(), ...this.index.ids()])]);
  }

  private apply({ version, endpoints, gone }: TargetChanges): void {
    const former = new Map(endpoints.map(({ webhookId }) => [webhookId, this.index.get(webhookId)]));
    for (const endpoint of endpoints) this.index.put(endpoint);
    for (const webhookId of gone) this.index.remove(webhookId);
    this.index.version = version;
    this.tell(endpoints, (webhookId) => former.get(webhookId));
    this.updates.next([...former.keys(), ...gone]);
  }

  private tell(endpoints: readonly Endpoint[], former: (webhookId: string) => Endpoint | undefined): void {
    this.changes.next();
    for (const endpoint of endpoints) {
      const known = former(endpoint.webhookId);
      if (known && isRenewed(endpoint, known)) this.renewals.next(endpoint.webhookId);
    }
  }
}
