import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { changesSince } from './known.js';
import { KINDS, KnownRepository, type Page, type ScanDue } from './known.neo4j.repository.js';
import type { ScanResult } from './outbox.neo4j.repository.js';
import { LONGEST_SETTLE_MS } from './settling.js';
import type { Subject } from './subjects.js';

/** Entities that are read at a time. */
const PAGE = 500;
/** How long the outbox is waited for, so that what waits in it is not found as missing, ms. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 250;

/**
 * Compares the graph with what capture last told of it, and puts what is missing into the outbox, as if it had been
 * captured: so it becomes events in the same way, exactly once. What came and went in between, and in which order, it
 * cannot know.
 */
@Injectable()
export class RepairScan {
  private readonly logger = new Logger('Capture');
  private isStopped = false;

  constructor(
    private readonly repository: KnownRepository,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  stop(): void {
    this.isStopped = true;
  }

  /** One whole scan. What is left of it after a crash is asked for again by the next relay. */
  async run(due: ScanDue): Promise<void> {
    const isFirst = due.knownSince === null;
    const { lookedAt, suspects } = await this.suspects(isFirst);
    const found = isFirst || this.isStopped ? 0 : await this.repair(suspects);
    if (this.isStopped) return;
    const finished_at = new Date(this.clock.now()).toISOString();
    const result: ScanResult = { finished_at, looked_at: lookedAt, found, is_first: isFirst };
    await this.repository.end(result, due, finished_at);
    if (found > 0)
      this.logger.warn(`A scan found ${found} changes of the graph that nobody had been told of`);
  }

  /** Whoever differs from what is known; in a first scan all that is there becomes known. */
  private async suspects(isFirst: boolean): Promise<{ lookedAt: number; suspects: Subject[] }> {
    let lookedAt = 0;
    const suspects: Subject[] = [];
    for (const kind of KINDS) {
      for (let after: string | null = ''; after !== null && !this.isStopped;) {
        const { states, last }: Page = await this.repository.scan(kind, after, PAGE);
        const subjects = [...states.keys()];
        lookedAt += subjects.length;
        after = last;
        if (isFirst) await this.repository.remember(states);
        else {
          const known = await this.repository.known(subjects);
          suspects.push(...subjects.filter((s) => changesSince(s, known.get(s), states.get(s)).length > 0));
        }
      }
    }
    if (!isFirst) suspects.push(...(await this.gone()));
    return { lookedAt, suspects };
  }

  /** Known, and not there any more. */
  private async gone(): Promise<Subject[]> {
    const gone: Subject[] = [];
    for (let after: string | null = ''; after !== null && !this.isStopped;) {
      const { states, last }: Page = await this.repository.knownPage(after, PAGE);
      const page = [...states.keys()];
      after = last;
      const present = await this.repository.now(page);
      gone.push(...page.filter((subject) => !present.has(subject)));
    }
    return gone;
  }

  /** Once all that waited has been told, who still differs was missed. @returns how many did */
  private async repair(suspects: readonly Subject[]): Promise<number> {
    if (suspects.length === 0) return 0;
    await this.untilTold((await this.repository.due()).now);
    let found = 0;
    for (let i = 0; i < suspects.length && !this.isStopped; i += PAGE) {
      const page = suspects.slice(i, i + PAGE);
      const [known, now] = await Promise.all([this.repository.known(page), this.repository.now(page)]);
      const changes = page
        .map((subject) => changesSince(subject, known.get(subject), now.get(subject)))
        .filter((list) => list.length > 0);
      if (changes.length > 0) await this.repository.tell(changes);
      found += changes.length;
    }
    return found;
  }

  /** Until nothing waits that was captured before `time`, ms by the clock of Neo4j. */
  private async untilTold(time: number): Promise<void> {
    const settled = time + Math.max(this.options.captureSettleMs, 0);
    const patience = PATIENCE_MS + LONGEST_SETTLE_MS;
    for (let waited = 0; waited < patience && !this.isStopped; waited += LOOK_MS) {
      const { now, oldestAt } = await this.repository.due();
      if (now > settled && (oldestAt === null || oldestAt > time)) return;
      await pause(LOOK_MS);
    }
  }
}
