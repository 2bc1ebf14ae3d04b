import { Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { EachByItself } from '../../neo4j/each-by-itself.js';
import { Repeater } from '../../neo4j/repeater.js';
import { TallyRepository } from './tally.neo4j.repository.js';

const LOOK_MS = 30_000;
/** A look takes at most this share of the time. */
const REST_FACTOR = 20;
/** Webhooks of one look. */
const MOST = 100;
/** A write that saw no tally is over after so long. */
const SETTLED_MS = 60_000;

/**
 * Makes the tally of a webhook anew that somebody took out of the graph: without it nothing of the webhook is evicted,
 * its lists by status are empty, and what waits for it after it was switched off, or failed in an outage, is forgotten.
 */
@Injectable()
export class LostTallies {
  private readonly logger = new Logger(LostTallies.name);
  private readonly each = new EachByItself(this.logger, 'The counts could not be made anew of webhook');
  private rounds: Repetition | undefined;
  /** Up to where the webhooks that deliveries name were looked at. */
  private after = '';

  constructor(
    private readonly repository: TallyRepository,
    private readonly clock: Clock,
    private readonly repeater: Repeater,
  ) {}

  start(): void {
    const round = async (): Promise<number> => {
      const started = performance.now();
      await this.look();
      return Math.max(LOOK_MS, (performance.now() - started) * REST_FACTOR);
    };
    this.rounds = this.repeater.repeat(round, {
      logger: this.logger,
      trouble: 'Missing tallies could not be looked for',
    });
  }

  stop(): void {
    void this.rounds?.stop();
  }

  /** One look, bounded. */
  async look(): Promise<void> {
    const ids = new Set([...(await this.repository.untallied(MOST)), ...(await this.named())]);
    const itself = (id: string): string => id;
    await this.each.do([...ids], itself, (id) => this.countAnew(id));
  }

  /** Of the webhooks that deliveries name, those without a tally: somebody may have taken away both. */
  private async named(): Promise<string[]> {
    const missing: string[] = [];
    for (let n = 0; n < MOST; n += 1) {
      const named = await this.repository.nextNamed(this.after);
      this.after = named?.id ?? '';
      if (!named) break;
      if (!named.tallied) missing.push(named.id);
    }
    return missing;
  }

  private async countAnew(id: string): Promise<void> {
    const now = this.clock.now();
    const times = [toTimestamp(now), toTimestamp(now + SETTLED_MS)] as const;
    if (await this.repository.countAnew(id, ...times))
      this.logger.warn(`The counts of webhook ${id} were not in the graph any more; they are made anew`);
  }
}
