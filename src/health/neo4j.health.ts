import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';

const PATIENCE_MS = 2000;

/** Ready means: Neo4j answers within two seconds, and the service is not on its way down. */
@Injectable()
export class Neo4jHealthIndicator implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly graph: Neo4jGraph,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  async check<K extends string>(key: K): Promise<HealthIndicatorResult<K>> {
    const indicator = this.indicators.check(key);
    if (this.stopping) return indicator.down('shutting down');
    return (await this.answers()) ? indicator.up() : indicator.down('no answer');
  }

  private async answers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS);
    });
    const answer = this.graph.verify().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
  }
}
