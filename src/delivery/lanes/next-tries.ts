import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { DestinationThrottle } from './destination-throttle.js';
import { Paces } from './paces.js';
import { Lanes } from './lanes.js';

/** What is due and held up by nothing known is tried within this time. */
const SOON_MS = 1000;

/** When a delivery that waits will really be tried: its own time, but not before pause, breaker, pace and throttle let it. */
@Injectable()
export class NextTries {
  constructor(
    private readonly registry: EndpointRegistry,
    private readonly lanes: Lanes,
    private readonly throttle: DestinationThrottle,
    private readonly paces: Paces,
    private readonly clock: Clock,
  ) {}

  /** RFC 3339, never in the past. null = there will be none as things are: the webhook is gone, inactive or locked. */
  at(webhookId: string, dueAt: string | null): string | null {
    const target = this.registry.get(webhookId);
    if (dueAt === null || !target?.active || target.locked) return null;
    const now = this.clock.steady();
    const heldUpMs = Math.max(
      this.lanes.waitMs(webhookId),
      this.throttle.waitMs(target.destination),
      this.paces.waitMs(target.pace),
    );
    const due = Date.parse(dueAt);
    return toTimestamp(Math.max(due, now + (due > now ? heldUpMs : Math.max(heldUpMs, SOON_MS))));
  }
}
