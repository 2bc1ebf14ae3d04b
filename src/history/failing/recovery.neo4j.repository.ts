import { Injectable, Logger } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, type Row, text, textOrNull, timeOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
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

/** Deliveries that ended as failed, by the time of their creation. RFC 3339; absent = no bound. */
export interface LostRange {
  /** Created at or after. */
  readonly since?: string;
  /** Created before. */
  readonly until?: string;
}

/** What one batch has brought. */
export interface Batch {
  readonly count: number;
  /** The last id that was looked at: where the next batch goes on; null = there is nothing more. */
  readonly last: string | null;
}

/** A webhook of which deliveries failed for want of an answer. */
export interface Outage {
  readonly webhookId: string;
  /** RFC 3339; null = it is over, the receiver answers again. */
  readonly failingSince: string | null;
}

/** One attempt to find out whether an outage is over. Times are RFC 3339. */
export interface Probe {
  readonly webhookId: string;
  /** What was created before is too old. */
  readonly since: string;
  /** It was last tried before. */
  readonly triedBefore: string;
  readonly now: string;
}

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

/** Brings failed deliveries back into the queue. */
@Injectable()
export class RecoveryRepository {
  private readonly reader = new RowReader(new Logger(RecoveryRepository.name), 'The outage of webhook');

  constructor(private readonly graph: Neo4jGraph) {}

  /** From when the last outage of a webhook lost deliveries (RFC 3339); null = it lost none. */
  async begin(webhookId: string): Promise<string | null> {
    const [row] = await this.graph.write(BEGIN_RECOVERY, { id: webhookId });
    return row ? textOrNull(row, 'since') : null;
  }

  /** All that was lost since then is back. */
  async end(webhookId: string, since: string): Promise<void> {
    await this.graph.write(END_RECOVERY, { id: webhookId, since });
  }

  /** What `begin` would answer; changes nothing. */
  async lostSince(webhookId: string): Promise<string | null> {
    const [row] = await this.graph.read(LOST_SINCE, { id: webhookId });
    return row ? textOrNull(row, 'since') : null;
  }

  /** How many of the next `limit` failed deliveries after the id `after` a recovery would take. */
  async count(webhookId: string, range: LostRange, after: string, limit: number): Promise<Batch> {
    const [row] = await this.graph.read(COUNT_LOST, parameters(webhookId, range, after, limit));
    return row ? { count: integer(row, 'count'), last: textOrNull(row, 'last') } : NOTHING;
  }

  /**
   * At most `limit` failed deliveries after the id `after`, with a fresh retry schedule; `byItself` only those that
   * failed in an outage and were not queued again before.
   */
  async requeue(
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

  /** Active webhooks of which deliveries failed in an outage and may be queued again by themselves. */
  async outages(): Promise<Outage[]> {
    const found = await this.graph.read(OUTAGES);
    return this.reader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      failingSince: timeOrNull(row, 'failing_since'),
    }));
  }

  /** From when deliveries failed in an outage that is over (RFC 3339); null = it is not, or nothing is left to do. */
  async takeUp(webhookId: string, call: string): Promise<string | null> {
    const [row] = await this.graph.write(TAKE_UP_OUTAGE, { id: webhookId, call });
    return row ? timeOrNull(row, 'since') : null;
  }

  /** All of what `call` took up is queued again. */
  async endOutage(webhookId: string, call: string): Promise<void> {
    await this.graph.write(END_OUTAGE, { id: webhookId, call });
  }

  /** Queues the oldest delivery that failed in an outage for one attempt, if nothing else waits; whether there was one. */
  async probe({ webhookId, since, triedBefore, now }: Probe, instanceId: string): Promise<boolean> {
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
