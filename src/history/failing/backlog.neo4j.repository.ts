import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { flag, integer, text, textOrNull } from '../../neo4j/row.js';
import { BACKLOG_ENDED, END_WAITING, ENDING_BACKLOGS } from './failing.cypher.js';

/** A webhook that was switched off or deleted, and of which deliveries of an earlier generation may still wait. */
export interface EndingBacklog {
  readonly webhookId: string;
  /** Deliveries below this one end. */
  readonly generation: number;
  readonly deleted: boolean;
}

/** Ends what waits for webhooks that were switched off. */
@Injectable()
export class BacklogRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  async ending(): Promise<EndingBacklog[]> {
    const found = await this.graph.read(ENDING_BACKLOGS);
    return found.map((row) => ({
      webhookId: text(row, 'id'),
      generation: integer(row, 'generation'),
      deleted: flag(row, 'deleted'),
    }));
  }

  /**
   * Ends at most `limit` deliveries that are due at `after` or later (RFC 3339).
   * @returns where the next batch goes on; null = there is nothing more
   */
  async endWaiting(
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

  async ended({ webhookId, generation }: EndingBacklog): Promise<void> {
    await this.graph.write(BACKLOG_ENDED, { webhook_id: webhookId, generation });
  }
}
