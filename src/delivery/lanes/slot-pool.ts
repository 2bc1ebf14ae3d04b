import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { Lane } from './lane.js';

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

  /** Whether a lane would get a slot; if not, `whenFree` is called once, when it is worth another try. */
  has(lane: Lane, whenFree: () => void): boolean {
    if (lane.inFlight === 0 || this.hasShared) return true;
    this.waiting.add(whenFree);
    return false;
  }

  /** Takes the slot that `has` said is there. */
  take(lane: Lane): void {
    if (lane.inFlight > 0) this.shared += 1;
    lane.inFlight += 1;
    this.total += 1;
  }

  /** @param answered see `Lane.resize` */
  giveBack(lane: Lane, answered: boolean | null): void {
    lane.inFlight -= 1;
    this.total -= 1;
    lane.resize(answered);
    if (lane.inFlight === 0) return;
    this.shared -= 1;
    this.serve();
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
