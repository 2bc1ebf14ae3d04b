import { Injectable, Logger } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { idAt } from '../../common/new-id.js';
import { integer, text, timeOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
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

/** A webhook with more finished deliveries than may be kept. */
export interface Overfull {
  readonly webhookId: string;
  /** Finished deliveries too many. */
  readonly excess: number;
  /** From when on its failed deliveries may still be asked for, RFC 3339; null = they are history. */
  readonly missedSince: string | null;
}

/** Above every id: nothing is kept back. */
const END = '~';

function earliest(...times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).sort()[0] ?? null;
}

/** Removes what the log need no longer keep, in bounded batches. Only finished deliveries are ever evicted. */
@Injectable()
export class HistoryRepository {
  private readonly reader = new RowReader(new Logger(HistoryRepository.name), 'The log of webhook');

  constructor(private readonly graph: Neo4jGraph) {}

  /** At most `limit` webhooks with more finished deliveries than `cap`, those with the most first, without those in `except`. */
  async overfull(cap: number, limit: number, except: readonly string[]): Promise<Overfull[]> {
    const found = await this.graph.read(OVERFULL, { cap, limit, except });
    return this.reader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      excess: integer(row, 'excess'),
      missedSince: earliest(timeOrNull(row, 'missed_since'), timeOrNull(row, 'requeue_since')),
    }));
  }

  /** Failed deliveries of a webhook from `missedFrom` (ms since the epoch) on, counted up to `limit`. */
  async countMissed(webhookId: string, missedFrom: number, limit: number): Promise<number> {
    const parameters = { webhook_id: webhookId, missed_from: idAt(missedFrom), limit };
    const [row] = await this.graph.read(COUNT_MISSED, parameters);
    return row ? integer(row, 'missed') : 0;
  }

  /**
   * Evicts at most `limit` of a webhook's oldest finished deliveries, failed ones only from before `missedFrom` (ms
   * since the epoch); answers how many.
   */
  async evictOldest(webhookId: string, limit: number, missedFrom?: number): Promise<number> {
    const missed = missedFrom === undefined ? END : idAt(missedFrom);
    return this.count(EVICT_OLDEST, { webhook_id: webhookId, missed_from: missed, limit }, 'evicted');
  }

  /** Evicts at most `limit` finished deliveries of a webhook created before `before` (RFC 3339); answers how many. */
  async evictBefore(webhookId: string, before: string, limit: number): Promise<number> {
    const parameters = { webhook_id: webhookId, missed_from: END, before, limit };
    return this.count(EVICT_BEFORE, parameters, 'evicted');
  }

  /** Removes at most `limit` events without deliveries whose time to be remembered is over. */
  async purgeEvents(now: string, limit: number): Promise<number> {
    return this.count(PURGE_EVENTS, { now, limit }, 'purged');
  }

  /** Deleted webhooks whose history is older than `deletedBefore` and has no unfinished delivery. */
  async forgettable(deletedBefore: string): Promise<string[]> {
    const found = await this.graph.read(FORGETTABLE, { before: deletedBefore });
    return found.map((row) => text(row, 'id'));
  }

  /** Removes a deleted webhook that has no deliveries left. */
  async forget(webhookId: string): Promise<void> {
    await this.graph.write(FORGET_DELETED, { webhook_id: webhookId });
  }

  /** Removes at most `limit` of everything that this service stores; answers how many nodes. */
  async clear(limit: number): Promise<number> {
    const removed = await this.count(CLEAR_BATCH, { limit }, 'removed');
    return removed > 0 ? removed : this.count(CLEAR_WEBHOOKS, {}, 'webhooks');
  }

  private async count(cypher: string, parameters: Record<string, unknown>, key: string): Promise<number> {
    const [row] = await this.graph.write(cypher, parameters);
    return row ? integer(row, key) : 0;
  }
}
