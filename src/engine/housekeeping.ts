import { Injectable } from '@nestjs/common';
import { PauseWatch } from '../delivery/lanes/pause-watch.js';
import { StrayClaimReaper } from '../delivery/lanes/stray-claim-reaper.js';
import { HistorySweeper } from '../history/eviction/history-sweeper.js';
import { FailingWatch } from '../history/failing/failing-watch.js';
import { LostTallies } from '../history/tallies/lost-tallies.js';
import { BootGuard } from '../neo4j/boot-guard.js';
import { SchemaWatch } from '../neo4j/schema/schema-watch.js';

/** What is done beside the deliveries, every few seconds. */
@Injectable()
export class Housekeeping {
  constructor(
    private readonly failing: FailingWatch,
    private readonly pauses: PauseWatch,
    private readonly sweeper: HistorySweeper,
    private readonly strays: StrayClaimReaper,
    private readonly tallies: LostTallies,
    private readonly schema: SchemaWatch,
    private readonly boot: BootGuard,
  ) {}

  /** Lanes know what the graph knows of their webhooks: which failed before this start, which are paused. */
  async prepare(): Promise<void> {
    await this.boot.during(async () => {
      await this.failing.prime();
      await this.pauses.start();
    });
  }

  start(): void {
    this.sweeper.start();
    this.failing.start();
    this.strays.start();
    this.tallies.start();
    this.schema.start();
  }

  stop(): void {
    this.sweeper.stop();
    this.failing.stop();
    this.pauses.stop();
    this.strays.stop();
    this.tallies.stop();
    this.schema.stop();
  }
}
