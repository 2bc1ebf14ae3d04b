import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { FreshAnswer } from '../../common/fresh-answer.js';
import { ApiGraph } from '../../neo4j/neo4j-graph.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { Lanes } from './lanes.js';
import { NEXT_DUE } from '../queue/work.cypher.js';
import { DestinationThrottle } from './destination-throttle.js';
import { Paces } from './paces.js';

/** One seek for each webhook is dear where there are thousands: it is asked for at most so often. */
const FRESH_MS = 10_000;

/**
 * Since when the delivery that waits the longest has been due: whether anything is stuck. What waits for a reason that
 * is known does not count: the webhook is off or locked, asked for a pause, or fails so that only probes go out.
 */
@Injectable()
export class OldestDue {
  private readonly answer: FreshAnswer<string | null>;

  constructor(
    private readonly graph: ApiGraph,
    private readonly registry: EndpointRegistry,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
  ) {
    this.answer = new FreshAnswer(
      () => this.read(),
      FRESH_MS,
      () => clock.monotonic(),
    );
  }

  /** RFC 3339; null = nothing is due. At most ten seconds old. */
  async at(): Promise<string | null> {
    return this.answer.get();
  }

  private async read(): Promise<string | null> {
    const webhooks = this.registry
      .all()
      .filter(({ active, locked }) => active && !locked)
      .map(({ webhookId }) => webhookId)
      .filter((webhookId) => this.lanes.known(webhookId)?.isClear ?? true);
    const found = await this.graph.read(NEXT_DUE, { webhooks });
    const now = toTimestamp(this.clock.steady());
    const due = found.map((row) => row['due']).filter((time): time is string => typeof time === 'string');
    const oldest = due.reduce((first, time) => (time < first ? time : first), now);
    return oldest < now ? oldest : null;
  }
}

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
    const endpoint = this.registry.get(webhookId);
    if (dueAt === null || !endpoint?.active || endpoint.locked) return null;
    const now = this.clock.steady();
    const heldUpMs = Math.max(
      this.lanes.waitMs(webhookId),
      this.throttle.waitMs(endpoint.destination),
      this.paces.waitMs(endpoint.pace),
    );
    const due = Date.parse(dueAt);
    return toTimestamp(Math.max(due, now + (due > now ? heldUpMs : Math.max(heldUpMs, SOON_MS))));
  }
}
