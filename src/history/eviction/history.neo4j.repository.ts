import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { idAt } from '../../common/new-id.js';
import { integer, text, textOrNull } from '../../neo4j/row.js';
import {
  CLEAR_BATCH,
  CLEAR_WEBHOOKS,
  COUNT_MISSED,
  EVICT_BEFORE,
  EVICT_OLDEST,
  FORGET_DELETED,
  FORGETTABLE,
  OVERFULL,
  PURGE_EVENTS,
} from './history.cypher.js';
import { HistoryRepository, type Overfull } from './history.repository.js';

/** Above every id: nothing is kept back. */
const END = '~';

function earliest(...times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).sort()[0] ?? null;
}

@Injectable()
export class Neo4jHistoryRepository extends HistoryRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async overfull(cap: number, limit: number, except: readonly string[]): Promise<Overfull[]> {
    const found = await this.graph.read(OVERFULL, { cap, limit, except });
    return found.map((row) => ({
      webhookId: text(row, 'id'),
      excess: integer(row, 'excess'),
      missedSince: earliest(textOrNull(row, 'missed_since'), textOrNull(row, 'requeue_since')),
    }));
  }

  override async countMissed(webhookId: string, missedFrom: number, limit: number): Promise<number> {
    const parameters = { webhook_id: webhookId, missed_from: idAt(missedFrom), limit };
    const [row] = await this.graph.read(COUNT_MISSED, parameters);
    return row ? integer(row, 'missed') : 0;
  }

  override async evictOldest(webhookId: string, limit: number, missedFrom?: number): Promise<number> {
    const missed = missedFrom === undefined ? END : idAt(missedFrom);
    return this.count(EVICT_OLDEST, { webhook_id: webhookId, missed_from: missed, limit }, 'evicted');
  }

  override async evictBefore(webhookId: string, before: string, limit: number): Promise<number> {
    const parameters = { webhook_id: webhookId, missed_from: END, before, limit };
    return this.count(EVICT_BEFORE, parameters, 'evicted');
  }

  override async purgeEvents(now: string, limit: number): Promise<number> {
    return this.count(PURGE_EVENTS, { now, limit }, 'purged');
  }

  override async forgettable(deletedBefore: string): Promise<string[]> {
    const found = await this.graph.read(FORGETTABLE, { before: deletedBefore });
    return found.map((row) => text(row, 'id'));
  }

  override async forget(webhookId: string): Promise<void> {
    await this.graph.write(FORGET_DELETED, { webhook_id: webhookId });
  }

  override async clear(limit: number): Promise<number> {
    const removed = await this.count(CLEAR_BATCH, { limit }, 'removed');
    return removed > 0 ? removed : this.count(CLEAR_WEBHOOKS, {}, 'webhooks');
  }

  private async count(cypher: string, parameters: Record<string, unknown>, key: string): Promise<number> {
    const [row] = await this.graph.write(cypher, parameters);
    return row ? integer(row, key) : 0;
  }
}
