import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';

/** How many requests of one webhook may be in flight: one for a new or a hanging one. */
export class Window {
  /** Requests in flight now. Kept by `SlotPool`. */
  inFlight = 0;
  private width = 1;

  /** @param widest requests at most */
  constructor(private readonly widest: number) {}

  get size(): number {
    return this.width;
  }

  /** Whether one more request may be in flight; what a person asks for need not wait for the window to open. */
  hasRoom(manual: boolean): boolean {
    return this.inFlight < (manual ? this.widest : this.width);
  }

  /** @param answered false = no answer in time, or one that asks to wait; null = nobody was asked */
  resize(answered: boolean | null): void {
    if (answered) this.width = Math.min(this.width * 2, this.widest);
    else if (answered === false) this.width = Math.max(1, Math.floor(this.width / 2));
  }
}

/**
 * Shares out the requests in flight. The first slot of a lane is its own and does not count against the common limit,
 * so a healthy webhook finds one whatever the others do. A slot is taken when a request starts, never to wait with it.
 */
@Injectable()
export class SlotPool {
  /** Who waits for a common slot, the longest waiting first. */
  private readonly waiting = new Set<() => void>();
  private shared = 0;
  private total = 0;
  private serving = false;

  constructor(@Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions) {}

  /** Requests in flight in all. */
  get inFlight(): number {
    return this.total;
  }

  /** Whether a lane would get a slot. */
  has({ inFlight }: Window): boolean {
    return inFlight === 0 || this.hasShared;
  }

  /** Takes the slot that `has` said is there. */
  take(lane: Window): void {
    if (lane.inFlight > 0) this.shared += 1;
    lane.inFlight += 1;
    this.total += 1;
  }

  /** @param answered see `Window.resize` */
  giveBack(lane: Window, answered: boolean | null): void {
    lane.inFlight -= 1;
    this.total -= 1;
    lane.resize(answered);
    if (lane.inFlight === 0) return;
    this.shared -= 1;
    this.serve();
  }

  /** Is called once, when a common slot is free and it is worth another try. */
  wait(whenFree: () => void): void {
    this.waiting.add(whenFree);
  }

  /** Nobody is to be called any more. */
  forget(whenFree: () => void): void {
    this.waiting.delete(whenFree);
  }

  private get hasShared(): boolean {
    return this.shared < this.options.deliveryConcurrency;
  }

  /** Whoever is called may give its slot back at once, which comes back here: the loop goes on instead of a recursion. */
  private serve(): void {
    if (this.serving) return;
    this.serving = true;
    for (const whenFree of this.waiting) {
      if (!this.hasShared) break;
      this.waiting.delete(whenFree);
      whenFree();
    }
    this.serving = false;
  }
}
