import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { FreshAnswer } from '../common/fresh-answer.js';
import type { WebhookState } from '../common/metrics/delivery-metrics.js';
import { ApiGraph } from '../neo4j/neo4j-graph.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { WEBHOOK_CENSUS } from './log/delivery-log.cypher.js';

type Census = Readonly<Record<WebhookState, number>>;

const FRESH_MS = 10_000;

/** How many webhooks are in which state. Those that are locked count besides: no state of the graph says so. */
@Injectable()
export class WebhookCensus {
  private readonly answer: FreshAnswer<Census>;

  constructor(
    private readonly graph: ApiGraph,
    private readonly registry: EndpointRegistry,
    clock: Clock,
  ) {
    this.answer = new FreshAnswer(
      () => this.read(),
      FRESH_MS,
      () => clock.monotonic(),
    );
  }

  /** At most ten seconds old. */
  async counts(): Promise<Census> {
    return this.answer.get();
  }

  private async read(): Promise<Census> {
    const rows = await this.graph.read(WEBHOOK_CENSUS, {});
    const found = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['webhooks'])]));
    const locked = this.registry.all().filter((target) => target.locked).length;
    return { active: 0, inactive: 0, failing: 0, disabled: 0, ...found, locked };
  }
}
