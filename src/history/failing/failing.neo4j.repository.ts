import { Injectable, Logger } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { flag, integer, text, textOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
import {
  FAILING_WEBHOOKS,
  MARK_DEACTIVATION_TOLD,
  MARK_FAILING_TOLD,
  MARK_RECOVERY_TOLD,
  UNTOLD_DEACTIVATIONS,
} from './failing.cypher.js';
import type { FailingWebhook } from './failing.js';

/** A webhook that the service switched off, and of which the subscribers of `system.health` were not told yet. */
export interface Deactivation {
  readonly webhookId: string;
  readonly name: string;
  readonly projectId: string | null;
  readonly cause: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What the graph knows of failing webhooks, and what of it was told. */
@Injectable()
export class FailingRepository {
  private readonly reader = new RowReader(new Logger(FailingRepository.name), 'Failing webhook');

  constructor(private readonly graph: Neo4jGraph) {}

  /** Webhooks whose last attempt failed, and those of whose recovery nobody was told. */
  async failing(): Promise<FailingWebhook[]> {
    const found = await this.graph.read(FAILING_WEBHOOKS);
    return this.reader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      name: text(row, 'name'),
      projectId: textOrNull(row, 'project_id'),
      active: flag(row, 'active'),
      failingSince: textOrNull(row, 'failing_since'),
      failedAttempts: integer(row, 'failed_attempts'),
      blocked: flag(row, 'blocked'),
      failedDeliveries: integer(row, 'failed_deliveries'),
      toldSince: textOrNull(row, 'told_since'),
      toldAt: textOrNull(row, 'told_at'),
    }));
  }

  async failingTold(webhookId: string, since: string, now: string): Promise<void> {
    await this.graph.write(MARK_FAILING_TOLD, { id: webhookId, since, now });
  }

  async recoveryTold(webhookId: string, since: string): Promise<void> {
    await this.graph.write(MARK_RECOVERY_TOLD, { id: webhookId, since });
  }

  async untoldDeactivations(): Promise<Deactivation[]> {
    const found = await this.graph.read(UNTOLD_DEACTIVATIONS);
    return this.reader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      name: text(row, 'name'),
      projectId: textOrNull(row, 'project_id'),
      cause: text(row, 'cause'),
      reason: text(row, 'reason'),
      at: text(row, 'at'),
    }));
  }

  async deactivationTold(webhookId: string, at: string): Promise<void> {
    await this.graph.write(MARK_DEACTIVATION_TOLD, { id: webhookId, at });
  }
}
