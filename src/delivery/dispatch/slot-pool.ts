import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';

interface Lane {
  /** Requests that may be in flight at once: 1 for a new or a hanging webhook, grows with each answer. */
  window: number;
  inFlight: number;
}

/**
 * Shares out the requests in flight. Each webhook has a window of its own: it begins with one probe, doubles
 * with each answer of the receiver and is halved when none comes. The first slot of a webhook is its own and
 * does not count against the common limit, so a healthy webhook finds one whatever the others do.
 */
@Injectable()
export class SlotPool {
  private readonly lanes = new Map<string, Lane>();
  private readonly waiting = new Map<string, () => void>();
  private shared = 0;

  constructor(@Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions) {}

  /** Requests in flight in all. */
  get inFlight(): number {
    let sum = 0;
    for (const lane of this.lanes.values()) sum += lane.inFlight;
    return sum;
  }

  /** How many requests of this webhook may be in flight now. */
  window(webhookId: string): number {
    return this.lanes.get(webhookId)?.window ?? 1;
  }

  /** Takes a slot; false = none free. `whenFree` is then called once, when it is worth another try. */
  tryTake(webhookId: string, whenFree: () => void): boolean {
    const lane = this.lane(webhookId);
    if (lane.inFlight >= lane.window) return false;
    if (lane.inFlight > 0 && !this.takeShared()) {
      this.waiting.set(webhookId, whenFree);
      return false;
    }
    lane.inFlight += 1;
    return true;
  }

  /** @param answered whether the receiver gave an HTTP answer of any status in time; null = it was not asked */
  giveBack(webhookId: string, answered: boolean | null): void {
    const lane = this.lane(webhookId);
    lane.inFlight -= 1;
    const most = this.options.deliveryConcurrencyPerWebhook;
    if (answered) lane.window = Math.min(lane.window * 2, most);
    else if (answered === false) lane.window = Math.max(1, Math.floor(lane.window / 2));
    if (lane.inFlight > 0) this.giveBackShared();
  }

  /** Forgets a webhook that no longer exists, once nothing of it is in flight. */
  forget(webhookId: string): void {
    if (this.lanes.get(webhookId)?.inFlight === 0) this.lanes.delete(webhookId);
    this.waiting.delete(webhookId);
  }

  private lane(webhookId: string): Lane {
    let lane = this.lanes.get(webhookId);
    if (!lane) {
      lane = { window: 1, inFlight: 0 };
      this.lanes.set(webhookId, lane);
    }
    return lane;
  }

  private takeShared(): boolean {
    if (this.shared >= this.options.deliveryConcurrency) return false;
    this.shared += 1;
    return true;
  }

  /** Whoever has waited longest is asked first. */
  private giveBackShared(): void {
    this.shared -= 1;
    const next = this.waiting.entries().next();
    if (next.done) return;
    const [webhookId, whenFree] = next.value;
    this.waiting.delete(webhookId);
    whenFree();
  }
}
