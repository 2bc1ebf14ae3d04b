import { Inject, Injectable } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { EventBody } from '../model/event-body.js';
import { DueIndex } from '../queue/due-index.js';
import { HeldBytes } from './held-bytes.js';
import { Lanes } from './lanes.js';

/** Deliveries held in memory, over all webhooks. */
const MAX_HELD = 20_000;
/** Every webhook may hold this many, however many others do. */
const ALWAYS = 2;
/** Under a throttle no more is claimed than goes out within this many seconds. */
const THROTTLED_SECONDS = 2;

/** Counts what is held in memory; the rest waits in the graph. A receiver that answers fast may hold more. */
@Injectable()
export class MemoryBudget {
  private readonly held = new Map<string, number>();
  private readonly bytes = new HeldBytes();
  private readonly freed = new Subject<string>();
  private total = 0;
  private open = true;

  constructor(
    private readonly lanes: Lanes,
    private readonly dueTimes: DueIndex,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** Emits a webhook that holds no more than half of what it may. */
  get freed$(): Observable<string> {
    return this.freed.asObservable();
  }

  /** Deliveries held in all. */
  get size(): number {
    return this.total;
  }

  /** Deliveries of a webhook that are held. */
  of(webhookId: string): number {
    return this.held.get(webhookId) ?? 0;
  }

  /** How many more deliveries of a webhook may be claimed, whatever their size: while its breaker is open, only a probe. */
  free(webhookId: string): number {
    if (!this.open) return 0;
    const own = this.of(webhookId);
    if (this.lanes.known(webhookId)?.isBarred) return Math.max(0, 1 - own);
    const common = MAX_HELD - this.total;
    return Math.max(ALWAYS - own, Math.min(this.allowance(webhookId) - own, common), 0);
  }

  /** How many deliveries may be claimed that make no request: they are held for a moment, whatever their lane is like. */
  freeToEnd(): number {
    return this.open ? Math.max(ALWAYS, MAX_HELD - this.total) : 0;
  }

  /** Whether the memory has room for a body; it has for one that is held already. */
  hasRoom(webhookId: string, eventId: string, bytes: number): boolean {
    return this.bytes.hasRoom(webhookId, eventId, bytes, this.of(webhookId) < ALWAYS);
  }

  /** Room for a new event. While its lane is closed, and until what it left in the graph is gone, that comes first. */
  tryHold(webhookId: string, eventId: string, bytes: number): boolean {
    if (!this.isOpenToNew(webhookId) || this.free(webhookId) === 0) return false;
    if (!this.hasRoom(webhookId, eventId, bytes)) return false;
    this.hold(webhookId, eventId, bytes);
    return true;
  }

  /** Counts what is held in any case. */
  hold(webhookId: string, eventId: string, bytes: number): void {
    this.held.set(webhookId, this.of(webhookId) + 1);
    this.total += 1;
    this.bytes.add(webhookId, eventId, bytes);
  }

  letGo(webhookId: string, eventId: string): void {
    this.takeBack(webhookId, eventId);
    if (this.of(webhookId) * 2 <= this.allowance(webhookId)) this.freed.next(webhookId);
  }

  /** As `letGo`, without a word: room that was taken for a claim that brought nothing is no reason for another claim. */
  takeBack(webhookId: string, eventId: string): void {
    const left = this.of(webhookId) - 1;
    if (left <= 0) this.held.delete(webhookId);
    else this.held.set(webhookId, left);
    this.total -= 1;
    this.bytes.remove(webhookId, eventId);
  }

  /** The body of an event that is held; undefined when it is not in memory. */
  bodyOf(eventId: string): EventBody | undefined {
    return this.bytes.bodyOf(eventId);
  }

  /** Keeps the body of an event that is held, and answers the one that all its deliveries share. */
  keepBody(eventId: string, body: EventBody): EventBody {
    return this.bytes.keep(eventId, body);
  }

  /** Shutting down: nothing more is held, new deliveries go to the graph. */
  close(): void {
    this.open = false;
  }

  private isOpenToNew(webhookId: string): boolean {
    const lane = this.lanes.known(webhookId);
    if (!lane) return true;
    if (!lane.isOpen) return false;
    lane.keepsOrder &&= this.dueTimes.has(webhookId);
    return !lane.keepsOrder;
  }

  private allowance(webhookId: string): number {
    const lane = this.lanes.known(webhookId);
    const window = lane?.window ?? 1;
    const most = Math.max(ALWAYS, 2 * window * window);
    const rate = Math.min(this.options.maxRequestsPerSecond || Infinity, lane?.perSecond ?? Infinity);
    return rate === Infinity ? most : Math.min(most, Math.max(ALWAYS, Math.ceil(rate * THROTTLED_SECONDS)));
  }
}
