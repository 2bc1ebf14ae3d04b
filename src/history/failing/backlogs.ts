import { Injectable, Logger } from '@nestjs/common';
import { firstValueFrom, from, race, timer } from 'rxjs';
import { BacklogRepository, type EndingBacklog } from './backlog.neo4j.repository.js';

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
    for (const backlog of await this.repository.ending()) await this.end(backlog);
  }

  private async end(backlog: EndingBacklog): Promise<void> {
    const reason = backlog.deleted ? 'webhook was deleted' : 'webhook is inactive';
    for (let after: string | null = ''; after !== null;) {
      after = await this.repository.endWaiting(backlog, reason, after, BATCH);
    }
    await this.repository.ended(backlog);
  }
}
