import { Injectable } from '@nestjs/common';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import { HistoryRepository } from './history.neo4j.repository.js';

const BATCH = 2000;

/** Removes all webhooks, events, deliveries and statistics. The rest of the graph is not touched. */
@Injectable()
export class HistoryEraser {
  constructor(
    private readonly repository: HistoryRepository,
    private readonly registry: EndpointRegistry,
  ) {}

  /** In bounded batches; resolves when nothing is left. */
  async clear(): Promise<void> {
    while ((await this.repository.clear(BATCH)) > 0);
    await this.registry.refresh();
  }
}
