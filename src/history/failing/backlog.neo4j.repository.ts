import { Injectable, Logger } from '@nestjs/common';
import { firstValueFrom, from, race, timer } from 'rxjs';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { byWebhook, EachByItself } from '../../neo4j/each-by-itself.js';
import { flag, integer, text, textOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
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
  private readonly reader = new RowReader(new Logger(BacklogRepository.name), 'The backlog of webhook');

  constructor(private readonly graph: Neo4jGraph) {}

  async ending(): Promise<EndingBacklog[]> {
    const found = await this.graph.read(ENDING_BACKLOGS);
    return this.reader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      generation: integer(row, 'generation'),
      deleted: flag(row, 'deleted'),
    }));
  }

  /**
   * Ends at most `limit` deliveries that are due at `after` or later (RFC 3339).
   * @returns how many ended, and where the next batch goes on; null = there is nothing more
   */
  async endWaiting(
    { webhookId, generation, deleted }: EndingBacklog,
    reason: string,
    after: string,
    limit: number,
  ): Promise<{ readonly ended: number; readonly last: string | null }> {
    // Not the recorder's own counter, which outcomes would have to wait for.
    const common = { webhook_id: webhookId, generation, deleted, counter: 'total' };
    const [row] = await this.graph.write(END_WAITING, { ...common, reason, after, limit });
    return row ? { ended: integer(row, 'ended'), last: textOrNull(row, 'last') } : { ended: 0, last: null };
  }

  async ended({ webhookId, generation }: EndingBacklog): Promise<void> {
    await this.graph.write(BACKLOG_ENDED, { webhook_id: webhookId, generation });
  }
}

const BATCH = 500;
/** Who switches a webhook off waits so long at most; the rest ends behind. */
const PATIENCE_MS = 1000;

/**
 * What waits for a webhook that is switched off or deleted ends at once, whatever its time. The switch is marked on
 * the tally in its own transaction, so that whichever instance is there goes on with it after a crash.
 */
@Injectable()
export class Backlogs {
  private readonly logger = new Logger(Backlogs.name);
  private readonly each = new EachByItself(this.logger, 'What waits could not be ended for webhook');

  constructor(private readonly repository: BacklogRepository) {}

  /** Ends them all; resolves when nothing is left, or after a second. Never rejects: the watch tries again. */
  async endSoon(): Promise<void> {
    const ending = this.endAll().catch((error: unknown) => {
      this.logger.warn(`What waits for webhooks that are off could not be ended yet: ${String(error)}`);
    });
    await firstValueFrom(race(from(ending), timer(PATIENCE_MS)));
  }

  /** Resolves when nothing of an earlier generation waits in the graph. */
  async endAll(): Promise<void> {
    await this.each.do(await this.repository.ending(), byWebhook, (backlog) => this.end(backlog));
  }

  private async end(backlog: EndingBacklog): Promise<void> {
    const reason = backlog.deleted ? 'webhook was deleted' : 'webhook is inactive';
    for (let after = ''; ;) {
      const { ended, last } = await this.repository.endWaiting(backlog, reason, after, BATCH);
      // What stays there, because it is claimed as well, must not be come back to without end.
      if (last === null || (ended === 0 && last === after)) break;
      after = last;
    }
    await this.repository.ended(backlog);
  }
}
