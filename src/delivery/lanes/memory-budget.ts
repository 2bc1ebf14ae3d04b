import type { EventBody } from '../model/event-record.js';
import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, type Observable, startWith, Subject, timeout } from 'rxjs';
import { DueIndex } from '../queue/due-index.js';
import { ALWAYS_HELD } from './lane.js';
import { Lanes } from './lanes.js';

const MIB = 1024 * 1024;
/** Bytes of bodies held in memory, over all webhooks. */
const MAX_BYTES = 64 * MIB;
/** Besides them, for small bodies of webhooks that hold hardly anything: others' large ones do not hold them up. */
const RESERVE_BYTES = 16 * MIB;
const SMALL = 64 * 1024;
/** A webhook that holds something already holds no more than this. */
const MAX_OF_WEBHOOK = 8 * MIB;

interface Holder {
  readonly bytes: number;
  holders: number;
  body?: EventBody;
}

/**
 * Counts the bodies in memory, each once, however many deliveries share it. What is larger than the room that is left
 * is held alone: one body at a time, beside the others.
 */
export class HeldBytes {
  private readonly bodies = new Map<string, Holder>();
  private readonly ofWebhook = new Map<string, number>();
  private used = 0;
  /** The event whose body is held although there was no room. */
  private alone: string | undefined;

  /** Half of the room is used. */
  get isHalfFull(): boolean {
    return this.used > MAX_BYTES / 2;
  }

  /** @param hardlyAny whether the webhook holds so little that it may use the reserve, or be held alone */
  hasRoom(webhookId: string, eventId: string, bytes: number, hardlyAny: boolean): boolean {
    const own = this.ofWebhook.get(webhookId) ?? 0;
    if (own > 0 && own + bytes > MAX_OF_WEBHOOK) return false;
    if (this.bodies.has(eventId) || this.used + bytes <= MAX_BYTES) return true;
    if (!hardlyAny) return false;
    return this.isForReserve(bytes) || this.alone === undefined;
  }

  add(webhookId: string, eventId: string, bytes: number): void {
    this.ofWebhook.set(webhookId, (this.ofWebhook.get(webhookId) ?? 0) + bytes);
    const body = this.bodies.get(eventId);
    if (body) body.holders += 1;
    else this.addBody(eventId, bytes);
  }

  remove(webhookId: string, eventId: string): void {
    const body = this.bodies.get(eventId);
    if (!body) return;
    const left = (this.ofWebhook.get(webhookId) ?? 0) - body.bytes;
    if (left > 0) this.ofWebhook.set(webhookId, left);
    else this.ofWebhook.delete(webhookId);
    body.holders -= 1;
    if (body.holders === 0) this.removeBody(eventId, body.bytes);
  }

  /** The body of an event that is held; undefined when it is not here (yet). */
  bodyOf(eventId: string): EventBody | undefined {
    return this.bodies.get(eventId)?.body;
  }

  /** Keeps the body of an event that is held, and answers the one to use: it may be here already. */
  keep(eventId: string, body: EventBody): EventBody {
    const holder = this.bodies.get(eventId);
    if (!holder) return body;
    holder.body ??= body;
    return holder.body;
  }

  private isForReserve(bytes: number): boolean {
    return bytes <= SMALL && this.used + bytes <= MAX_BYTES + RESERVE_BYTES;
  }

  private addBody(eventId: string, bytes: number): void {
    this.bodies.set(eventId, { bytes, holders: 1 });
    if (this.used + bytes > MAX_BYTES && !this.isForReserve(bytes)) this.alone ??= eventId;
    if (this.alone !== eventId) this.used += bytes;
  }

  private removeBody(eventId: string, bytes: number): void {
    this.bodies.delete(eventId);
    if (this.alone === eventId) this.alone = undefined;
    else this.used -= bytes;
  }
}

/** Deliveries held in memory, over all webhooks. */
const MAX_HELD = 20_000;

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
    if (this.lanes.known(webhookId)?.breaker.isOpen) return Math.max(0, 1 - own);
    const common = MAX_HELD - this.total;
    const allowed = Math.max(
      Math.min(this.share(webhookId) - own, common),
      // The more that some hold because it goes out many at once must not leave the others without room.
      Math.min(this.shareTogether(webhookId) - own, common - MAX_HELD / 2),
    );
    return Math.max(ALWAYS_HELD - own, allowed, 0);
  }

  /** How many deliveries may be claimed that make no request: they are held for a moment, whatever their lane is like. */
  freeToEnd(): number {
    return this.open ? Math.max(ALWAYS_HELD, MAX_HELD - this.total) : 0;
  }

  /** Whether the memory has room for a body; it has for one that is held already. */
  hasRoom(webhookId: string, eventId: string, bytes: number): boolean {
    const own = this.of(webhookId);
    if (own >= this.share(webhookId) && this.bytes.isHalfFull) return false;
    return this.bytes.hasRoom(webhookId, eventId, bytes, own < ALWAYS_HELD);
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
    if (this.of(webhookId) * 2 <= this.shareTogether(webhookId)) this.freed.next(webhookId);
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

  /** Resolves once no more than so many deliveries are held, or after `patienceMs`. */
  async untilHolds(few: number, patienceMs: number): Promise<void> {
    const roomy$ = this.freed.pipe(
      startWith(undefined),
      filter(() => this.total <= few),
    );
    await firstValueFrom(roomy$.pipe(timeout({ first: patienceMs, with: () => [undefined] })));
  }

  /** Shutting down: nothing more is held, new deliveries go to the graph. */
  close(): void {
    this.open = false;
  }

  private isOpenToNew(webhookId: string): boolean {
    return this.lanes.known(webhookId)?.takesNew(() => this.dueTimes.has(webhookId)) ?? true;
  }

  private share(webhookId: string): number {
    return this.lanes.known(webhookId)?.share ?? ALWAYS_HELD;
  }

  private shareTogether(webhookId: string): number {
    return this.lanes.known(webhookId)?.shareTogether ?? ALWAYS_HELD;
  }
}
