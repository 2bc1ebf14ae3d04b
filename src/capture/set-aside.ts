import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SchedulerLike } from 'rxjs';
import { SCHEDULER } from '../common/rxjs/scheduler.js';
import { OutboxRepository, type Rejection } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';

/** Rows that are looked at for being odd at a time. */
const MAX_ROWS = 500;

/** Puts rows aside that cannot become events, with their reason: they stop nobody. */
@Injectable()
export class SetAside {
  private readonly logger = new Logger('Outbox');
  /** Nodes that were neither an event nor changes at the last look. */
  private odd: ReadonlySet<string> = new Set();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly state: RelayState,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  async reject(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length === 0) return;
    await this.repository.reject(rejections, new Date(this.scheduler.now()).toISOString());
    this.state.rejected(rejections.length);
    this.logger.warn(
      `${rejections.length} rows of the outbox were set aside; the first: ${rejections[0]?.reason}`,
    );
  }

  /** What no look finds; only what is still so at the next look: of a commit that is under way a part may be seen. */
  async oddRows(): Promise<void> {
    const found = await this.repository.oddRows(MAX_ROWS);
    const odd = found.filter(({ node }) => this.odd.has(node));
    if (odd.some(({ isGap }) => isGap)) await this.repository.markGap();
    await this.reject(odd);
    this.odd = new Set(found.map(({ node }) => node));
  }
}
