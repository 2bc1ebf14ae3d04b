import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, text, textOrNull, type Row } from '../../neo4j/row.js';
import {
  BEGIN_RECOVERY,
  COUNT_LOST,
  END_OUTAGE,
  END_RECOVERY,
  LOST_SINCE,
  OUTAGES,
  PROBE_OUTAGE,
  REQUEUE_FAILED,
  TAKE_UP_OUTAGE,
} from './recovery.cypher.js';
import {
  RecoveryRepository,
  type Batch,
  type LostRange,
  type Outage,
  type Probe,
} from './recovery.repository.js';

/** Not the recorder's own, which outcomes would have to wait for. */
const COUNTER_OF_ALL = 'total';

const NOTHING: Batch = { count: 0, last: null };

function parameters(webhookId: string, { since, until }: LostRange, after: string, limit: number): Row {
  return {
    webhook_id: webhookId,
    since: since ?? null,
    until: until ?? null,
    after,
    limit,
    by_itself: false,
  };
}

@Injectable()
export class Neo4jRecoveryRepository extends RecoveryRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async begin(webhookId: string): Promise<string | null> {
    const [row] = await this.graph.write(BEGIN_RECOVERY, { id: webhookId });
    return row ? textOrNull(row, 'since') : null;
  }

  override async end(webhookId: string, since: string): Promise<void> {
    await this.graph.write(END_RECOVERY, { id: webhookId, since });
  }

  override async lostSince(webhookId: string): Promise<string | null> {
    const [row] = await this.graph.read(LOST_SINCE, { id: webhookId });
    return row ? textOrNull(row, 'since') : null;
  }

  override async count(webhookId: string, range: LostRange, after: string, limit: number): Promise<Batch> {
    const [row] = await this.graph.read(COUNT_LOST, parameters(webhookId, range, after, limit));
    return row ? { count: integer(row, 'count'), last: textOrNull(row, 'last') } : NOTHING;
  }

  override async requeue(
    webhookId: string,
    range: LostRange,
    after: string,
    limit: number,
    instanceId: string,
    byItself = false,
  ): Promise<Batch> {
    const [row] = await this.graph.write(REQUEUE_FAILED, {
      ...parameters(webhookId, range, after, limit),
      by_itself: byItself,
      instance: instanceId,
      counter: COUNTER_OF_ALL,
    });
    return row ? { count: integer(row, 'requeued'), last: textOrNull(row, 'last') } : NOTHING;
  }

  override async outages(): Promise<Outage[]> {
    const found = await this.graph.read(OUTAGES);
    return found.map((row) => ({
      webhookId: text(row, 'id'),
      failingSince: textOrNull(row, 'failing_since'),
    }));
  }

  override async takeUp(webhookId: string, call: string): Promise<string | null> {
    const [row] = await this.graph.write(TAKE_UP_OUTAGE, { id: webhookId, call });
    return row ? textOrNull(row, 'since') : null;
  }

  override async endOutage(webhookId: string, call: string): Promise<void> {
    await this.graph.write(END_OUTAGE, { id: webhookId, call });
  }

  override async probe({ webhookId, since, triedBefore, now }: Probe, instanceId: string): Promise<boolean> {
    const [row] = await this.graph.write(PROBE_OUTAGE, {
      webhook_id: webhookId,
      since,
      after: '',
      tried_before: triedBefore,
      now,
      instance: instanceId,
      counter: COUNTER_OF_ALL,
    });
    return row !== undefined && integer(row, 'probes') > 0;
  }
}
