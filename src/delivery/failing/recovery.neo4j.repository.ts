import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, textOrNull } from '../../neo4j/row.js';
import { BEGIN_RECOVERY, END_RECOVERY, REQUEUE_FAILED } from './recovery.cypher.js';
import { RecoveryRepository, type LostRange, type Requeued } from './recovery.repository.js';

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

  override async requeue(
    webhookId: string,
    { since, until }: LostRange,
    after: string,
    limit: number,
    instanceId: string,
  ): Promise<Requeued> {
    const range = { since: since ?? null, until: until ?? null, after, limit };
    const own = { instance: instanceId, counter: `${instanceId}:outcomes` };
    const [row] = await this.graph.write(REQUEUE_FAILED, { webhook_id: webhookId, ...range, ...own });
    return row
      ? { count: integer(row, 'requeued'), last: textOrNull(row, 'last') }
      : { count: 0, last: null };
  }
}
