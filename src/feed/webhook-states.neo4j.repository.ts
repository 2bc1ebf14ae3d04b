import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { Lanes } from '../delivery/lanes/lanes.js';
import { isFailing, type Failures } from '../history/failing/failing.js';
import { ApiGraph } from '../neo4j/neo4j-graph.js';
import { flag, integer, text, textOrNull, type Row } from '../neo4j/row.js';
import type { FeedEvents } from './feed-events.js';
import { WEBHOOK_STATES } from './webhook-states.cypher.js';

export type WebhookState = FeedEvents['webhook'];

/** The states of webhooks that have just changed. */
@Injectable()
export class WebhookStates {
  constructor(
    private readonly graph: ApiGraph,
    private readonly lanes: Lanes,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  async of(ids: readonly string[]): Promise<WebhookState[]> {
    const found = await this.graph.read(WEBHOOK_STATES, { ids });
    const known = new Map(found.map((row) => [text(row, 'id'), row]));
    return ids.map((id) => this.state(id, known.get(id)));
  }

  private state(id: string, row: Row | undefined): WebhookState {
    if (!row)
      return {
        id,
        deleted: true,
        active: false,
        circuit: 'closed',
        failing_since: null,
        disabled_reason: null,
      };
    return {
      id,
      deleted: false,
      active: flag(row, 'active'),
      circuit: this.circuit(id, {
        failedAttempts: integer(row, 'failed_attempts'),
        blocked: flag(row, 'blocked'),
      }),
      failing_since: textOrNull(row, 'failing_since'),
      disabled_reason: textOrNull(row, 'disabled_reason'),
    };
  }

  /** What this instance knows itself is newer than what it has written. */
  private circuit(id: string, failures: Failures): 'closed' | 'open' {
    const isOpen = this.lanes.known(id)?.breaker.isOpen ?? isFailing(failures, this.options.breakerThreshold);
    return isOpen ? 'open' : 'closed';
  }
}
