import { Inject, Injectable } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CircuitBreakers } from '../breaker/circuit-breakers.js';
import { SlotPool } from './slot-pool.js';

/** Deliveries and bytes of bodies held in memory, over all webhooks. */
const MAX_HELD = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Every webhook may hold this many, however full the memory is. */
const ALWAYS = 2;
/** Under a throttle no more is claimed than goes out within this many seconds. */
const THROTTLED_SECONDS = 2;
/** Bodies of a webhook of which none was seen yet are taken to be this long, bytes. */
const UNKNOWN_SIZE = 1024 * 1024;

/** Counts what is held in memory; the rest waits in the graph. A receiver that answers fast may hold more. */
@Injectable()
export class HeldWork {
  private readonly held = new Map<string, number>();
  /** Length of the bodies of each webhook, averaged over the last few. */
  private readonly sizes = new Map<string, number>();
  private readonly freed = new Subject<string>();
  private total = 0;
  private bytes = 0;
  private open = true;

  constructor(
    private readonly slots: SlotPool,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    private readonly breakers: CircuitBreakers,
  ) {}

  /** Emits a webhook that holds no more than half of what it may. */
  get freed$(): Observable<string> {
    return this.freed.asObservable();
  }

  /** Deliveries held in all. */
  get size(): number {
    return this.total;
  }

  /** How many more deliveries of a webhook may be claimed: while its breaker is open, only a probe. */
  free(webhookId: string): number {
    if (!this.open) return 0;
    const own = this.held.get(webhookId) ?? 0;
    if (!this.breakers.isClosed(webhookId)) return Math.max(0, 1 - own);
    const size = this.sizes.get(webhookId) ?? UNKNOWN_SIZE;
    const common = Math.min(MAX_HELD - this.total, Math.floor((MAX_BYTES - this.bytes) / size));
    return Math.max(ALWAYS - own, Math.min(this.allowance(webhookId) - own, common), 0);
  }

  /** Room for a new event. It never is the probe of an open breaker: what waits longer comes first. */
  tryHold(webhookId: string, bytes: number): boolean {
    if (!this.breakers.isClosed(webhookId) || this.free(webhookId) === 0) return false;
    this.hold(webhookId, bytes);
    return true;
  }

  /** Counts what is held in any case. */
  hold(webhookId: string, bytes: number): void {
    this.held.set(webhookId, (this.held.get(webhookId) ?? 0) + 1);
    this.total += 1;
    this.bytes += bytes;
    const size = this.sizes.get(webhookId) ?? bytes;
    this.sizes.set(webhookId, Math.max(1, size + (bytes - size) / 8));
  }

  letGo(webhookId: string, bytes: number): void {
    const left = (this.held.get(webhookId) ?? 1) - 1;
    if (left === 0) this.held.delete(webhookId);
    else this.held.set(webhookId, left);
    this.total -= 1;
    this.bytes -= bytes;
    if (left * 2 <= this.allowance(webhookId)) this.freed.next(webhookId);
  }

  /** Shutting down: nothing more is held, new deliveries go to the graph. */
  close(): void {
    this.open = false;
  }

  /** Forgets a webhook that no longer exists. */
  forget(webhookId: string): void {
    this.sizes.delete(webhookId);
  }

  private allowance(webhookId: string): number {
    const window = this.slots.window(webhookId);
    const most = Math.max(ALWAYS, 2 * window * window);
    const rate = this.options.maxRequestsPerSecond;
    return rate === 0 ? most : Math.min(most, Math.max(ALWAYS, Math.ceil(rate * THROTTLED_SECONDS)));
  }
}
