import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Fault } from '../neo4j/driver-errors.js';
import { StoreState } from '../neo4j/store-state.js';

const PATIENCE_MS = 2000;
/** A write this old still says that writing works. Heartbeats write once a second. */
const FRESH_MS = 1000;

const REASONS: Readonly<Record<Fault, string>> = {
  away: 'no answer',
  refused: 'it refuses the credentials',
  broken: 'it cannot write',
  busy: 'no answer in time',
};

/**
 * Ready means: something was written to Neo4j within the last second, or is within the next two, and the service is not
 * on its way down. The heartbeat is the write that is waited for, so however many ask, nothing more is asked of Neo4j,
 * and nothing is left behind when nobody waits for the answer any more.
 */
@Injectable()
export class Neo4jHealthIndicator implements OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly state: StoreState,
  ) {}

  /** The first hook of a shutdown: balancers are told before the engine hands back its work, not after. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async check<K extends string>(key: K): Promise<HealthIndicatorResult<K>> {
    const indicator = this.indicators.check(key);
    if (this.stopping) return indicator.down('shutting down');
    if (await this.writes()) return indicator.up();
    return indicator.down(REASONS[this.state.trouble?.fault ?? 'away']);
  }

  /** Whether it was written lately, or is soon. */
  private async writes(): Promise<boolean> {
    const asked = performance.now();
    while (performance.now() - this.state.wroteAt > FRESH_MS) {
      const left = asked + PATIENCE_MS - performance.now();
      if (left <= 0) return false;
      await this.state.change(left);
    }
    return true;
  }
}
