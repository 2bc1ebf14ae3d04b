import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, textOrNull, type Row } from '../../neo4j/row.js';
import { BEGIN_RECOVERY, COUNT_LOST, END_RECOVERY, LOST_SINCE, REQUEUE_FAILED } from './recovery.cypher.js';
import { RecoveryRepository, type Batch, type LostRange } from './recovery.repository.js';

const NOTHING: Batch = { count: 0, last: null };

function parameters(webhookId: string, { since, until }: LostRange, after: string, limit: number): Row {
  return { webhook_id: webhookId, since: since ?? null, until: until ?? null, after, limit };
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
  ): Promise<Batch> {
    // Not the recorder's own counter, which outcomes would have to wait for.
    const own = { instance: instanceId, counter: 'total' };
    const [row] = await this.graph.write(REQUEUE_FAILED, {
      ...parameters(webhookId, range, after, limit),
      ...own,
    });
    return row ? { count: integer(row, 'requeued'), last: textOrNull(row, 'last') } : NOTHING;
  }
}
