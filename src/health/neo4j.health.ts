import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { within } from '../common/within.js';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';

const PATIENCE_MS = 2000;

/** Ready means: Neo4j answers within two seconds, and the service is not on its way down. */
@Injectable()
export class Neo4jHealthIndicator implements OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly graph: Neo4jGraph,
  ) {}

  /** The first hook of a shutdown: balancers are told before the engine hands back its work, not after. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async check<K extends string>(key: K): Promise<HealthIndicatorResult<K>> {
    const indicator = this.indicators.check(key);
    if (this.stopping) return indicator.down('shutting down');
    return (await this.answers()) ? indicator.up() : indicator.down('no answer');
  }

  private async answers(): Promise<boolean> {
    return within(PATIENCE_MS, this.graph.verify()).then(
      () => true,
      () => false,
    );
  }
}
