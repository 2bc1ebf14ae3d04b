import { Injectable } from '@nestjs/common';
import { filter, map, merge, type Observable } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { Demand, DueDelivery, HeldDelivery, Wanted } from '../model/queued-delivery.js';
import { DueIndex } from '../queue/due-index.js';
import { Lanes } from './lanes.js';
import { MemoryBudget } from './memory-budget.js';

/** Deliveries claimed in one transaction. */
const MAX_CLAIM = 2000;
/** Bytes of bodies read in one transaction; a larger body is read alone. */
const MAX_CLAIM_BYTES = 16 * 1024 * 1024;

/** The demands in order, with no more than `most` deliveries in all. */
function upTo(most: number, demands: readonly Demand[]): Demand[] {
  let left = most;
  return demands.flatMap(({ webhookId, count: wanted }) => {
    const count = Math.min(left, wanted);
    left -= count;
    return count > 0 ? [{ webhookId, count }] : [];
  });
}

/** Counts what a claim reads, each body once. */
class ReadBudget {
  private readonly read = new Set<string>();

  constructor(private left: number) {}

  takes(eventId: string, bytes: number): boolean {
    if (this.read.has(eventId)) return true;
    if (this.read.size > 0 && bytes > this.left) return false;
    this.read.add(eventId);
    this.left -= bytes;
    return true;
  }
}

/** What is to be claimed of what is due: as much as lanes and memory have room for. */
@Injectable()
export class ClaimPlan {
  /** Of webhooks whose next body had no room: that delivery. */
  private readonly tooLarge = new Map<string, DueDelivery>();

  constructor(
    private readonly dueTimes: DueIndex,
    private readonly held: MemoryBudget,
    private readonly registry: EndpointRegistry,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
  ) {}

  /** Emits when there may be more to claim than before. */
  get changed$(): Observable<void> {
    const roomForMore = merge(this.held.freed$, this.lanes.released$).pipe(
      // What another webhook has freed may be what a large body waits for.
      filter((webhookId) => this.tooLarge.size > 0 || this.dueTimes.has(webhookId)),
      map(() => undefined),
    );
    return merge(this.dueTimes.earlier$, roomForMore);
  }

  webhookIds(): Iterable<string> {
    return this.registry.ids();
  }

  /** See `DueIndex.mark`. */
  mark(): number {
    return this.dueTimes.mark();
  }

  /** See `DueIndex.replace`. */
  replace(webhookId: string, time: number | undefined, mark: number): void {
    this.dueTimes.replace(webhookId, time, mark);
    if (time === undefined) this.tooLarge.delete(webhookId);
  }

  /** What there is room for; those that hold least come first, so that scarce memory goes round. */
  demands(): Demand[] {
    const now = this.clock.steady();
    const demands: Demand[] = [];
    for (const [webhookId, time] of this.dueTimes.entries()) {
      const count = this.dueIn(webhookId, time, now) <= 0 ? this.room(webhookId) : 0;
      if (count > 0) demands.push({ webhookId, count });
    }
    demands.sort((a, b) => this.held.of(a.webhookId) - this.held.of(b.webhookId));
    return upTo(MAX_CLAIM, demands);
  }

  /** ms until something is due for which there is room; Infinity = nothing is known. */
  untilNext(): number {
    const now = this.clock.steady();
    let wait = Infinity;
    for (const [webhookId, time] of this.dueTimes.entries()) {
      if (this.room(webhookId) > 0) wait = Math.min(wait, Math.max(0, this.dueIn(webhookId, time, now)));
    }
    return wait;
  }

  /** Takes room in memory for what is to be claimed. Of a webhook whose turn does not fit, what comes later waits with it. */
  choose(demands: readonly Demand[], due: readonly DueDelivery[]): Wanted[] {
    for (const { webhookId } of demands) this.tooLarge.delete(webhookId);
    const wanted: Wanted[] = [];
    const passed = new Set<string>();
    const budget = new ReadBudget(MAX_CLAIM_BYTES);
    for (const delivery of due) {
      const { webhookId, eventId, bytes } = delivery;
      if (passed.has(webhookId)) continue;
      const body = this.held.bodyOf(eventId);
      const hasRoom = this.held.hasRoom(webhookId, eventId, bytes);
      if (!hasRoom) this.tooLarge.set(webhookId, delivery);
      if (!hasRoom || !(body ?? budget.takes(eventId, bytes))) {
        passed.add(webhookId);
        continue;
      }
      this.held.hold(webhookId, eventId, bytes);
      wanted.push({ ...delivery, body });
    }
    return wanted;
  }

  /** Claimed, with the body that all deliveries of its event share in memory. */
  withSharedBody(delivery: HeldDelivery): HeldDelivery {
    return { ...delivery, body: this.held.keepBody(delivery.eventId, delivery.body) };
  }

  /** These were not claimed after all. */
  takeBack(wanted: readonly Wanted[]): void {
    for (const { webhookId, eventId } of wanted) this.held.takeBack(webhookId, eventId);
  }

  /** What a locked webhook is to get waits in the graph; of an inactive one it is claimed, to end as failed. */
  private room(webhookId: string): number {
    const endpoint = this.registry.get(webhookId);
    if (endpoint?.active && endpoint.locked) return 0;
    const next = this.tooLarge.get(webhookId);
    if (next && !this.held.hasRoom(webhookId, next.eventId, next.bytes)) return 0;
    return endpoint?.active ? this.held.free(webhookId) : this.held.freeToEnd();
  }

  /** What is due waits until its lane lets it; what ends because its webhook is switched off or gone does not. */
  private dueIn(webhookId: string, time: number, now: number): number {
    if (!this.registry.get(webhookId)?.active) return time - now;
    return Math.max(time - now, this.lanes.waitMs(webhookId));
  }
}
