import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, text } from '../../neo4j/row.js';
import {
  CLEAR_BATCH,
  CLEAR_WEBHOOKS,
  EVICT_BEFORE,
  EVICT_OLDEST,
  FORGET_DELETED,
  FORGETTABLE,
  OVERFULL,
  PURGE_EVENTS,
} from './history.cypher.js';
import { HistoryRepository, type Eviction, type Overfull } from './history.repository.js';

const NOTHING_EVICTED: Eviction = { evicted: 0, kept: 0 };

@Injectable()
export class Neo4jHistoryRepository extends HistoryRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async overfull(cap: number, limit: number): Promise<Overfull[]> {
    const found = await this.graph.read(OVERFULL, { cap, limit });
    return found.map((row) => ({ webhookId: text(row, 'id'), excess: integer(row, 'excess') }));
  }

  override async evictOldest(webhookId: string, limit: number): Promise<Eviction> {
    const [row] = await this.graph.write(EVICT_OLDEST, { webhook_id: webhookId, limit });
    return row ? { evicted: integer(row, 'evicted'), kept: integer(row, 'kept') } : NOTHING_EVICTED;
  }

  override async evictBefore(webhookId: string, before: string, limit: number): Promise<number> {
    return this.count(EVICT_BEFORE, { webhook_id: webhookId, before, limit }, 'evicted');
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
