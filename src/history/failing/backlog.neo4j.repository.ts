import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { flag, integer, text, textOrNull } from '../../neo4j/row.js';
import { BACKLOG_ENDED, END_WAITING, ENDING_BACKLOGS } from './backlog.cypher.js';
import { BacklogRepository, type EndingBacklog } from './backlog.repository.js';

@Injectable()
export class Neo4jBacklogRepository extends BacklogRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async ending(): Promise<EndingBacklog[]> {
    const found = await this.graph.read(ENDING_BACKLOGS);
    return found.map((row) => ({
      webhookId: text(row, 'id'),
      generation: integer(row, 'generation'),
      deleted: flag(row, 'deleted'),
    }));
  }

  override async endWaiting(
    { webhookId, generation, deleted }: EndingBacklog,
    reason: string,
    after: string,
    limit: number,
  ): Promise<string | null> {
    // Not the recorder's own counter, which outcomes would have to wait for.
    const common = { webhook_id: webhookId, generation, deleted, counter: 'total' };
    const [row] = await this.graph.write(END_WAITING, { ...common, reason, after, limit });
    return row ? textOrNull(row, 'last') : null;
  }

  override async ended({ webhookId, generation }: EndingBacklog): Promise<void> {
    await this.graph.write(BACKLOG_ENDED, { webhook_id: webhookId, generation });
  }
}
