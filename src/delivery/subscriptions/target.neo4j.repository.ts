import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Clock, toTimestamp } from '../../common/clock.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { flag, integer, nested, real, rows, text, textList, textOrNull, type Row } from '../../neo4j/row.js';
import { SecretCipher } from '../sending/secret-cipher.js';
import type { Target } from '../sending/target.js';
import { DEACTIVATE_FAILING, DEACTIVATE_ORPHANS, DEACTIVATE_WEBHOOK, LOAD_TARGETS } from './target.cypher.js';
import { TargetRepository, type SwitchedOff, type TargetSnapshot } from './target.repository.js';

@Injectable()
export class Neo4jTargetRepository extends TargetRepository {
  private readonly logger = new Logger(Neo4jTargetRepository.name);

  constructor(
    private readonly graph: Neo4jGraph,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async loadAll(): Promise<TargetSnapshot> {
    const loaded = await this.graph.write(LOAD_TARGETS);
    const first = loaded[0];
    const targets = loaded.flatMap((row) => (row['webhook'] === null ? [] : this.readable(row)));
    return { version: first ? integer(first, 'version') : 0, targets };
  }

  override async deactivate(id: string, cause: string, reason: string): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_WEBHOOK, { id, cause, reason });
  }

  override async deactivateFailing(
    id: string,
    cause: string,
    before: string,
    failures: number,
  ): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_FAILING, { id, cause, before, failures });
  }

  override async deactivateOrphans(cause: string, reason: string): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_ORPHANS, { cause, reason });
  }

  private async switchOff(cypher: string, parameters: Record<string, unknown>): Promise<SwitchedOff[]> {
    const own = { now: toTimestamp(this.clock.now()), call: uuidv7() };
    const [row] = await this.graph.write(cypher, { ...parameters, ...own });
    const webhooks = row ? rows(row, 'webhooks') : [];
    return webhooks.map((webhook) => ({ webhookId: text(webhook, 'id'), reason: text(webhook, 'reason') }));
  }

  /** A webhook whose secrets cannot be decrypted must not stop the others: it is left out, and the log says so. */
  private readable(row: Row): Target[] {
    try {
      return [this.toTarget(nested(row, 'webhook'), row)];
    } catch (error) {
      const id = text(nested(row, 'webhook'), 'id');
      this.logger.error(
        `Webhook ${id} cannot be used: ${String(error)}. Add the SECRETS_KEY that encrypted it.`,
      );
      return [];
    }
  }

  private toTarget(webhook: Row, row: Row): Target {
    const url = text(webhook, 'url');
    const headers = textOrNull(webhook, 'headers');
    return {
      webhookId: text(webhook, 'id'),
      url,
      destination: new URL(url).origin,
      active: flag(webhook, 'active'),
      projectId: textOrNull(webhook, 'project_id'),
      projectAliases: [textOrNull(row, 'project_key'), textOrNull(row, 'project_name')].filter(
        (alias) => alias !== null,
      ),
      events: textList(webhook, 'events'),
      secrets: this.secrets(webhook),
      headers: headers === null ? {} : (JSON.parse(this.cipher.decrypt(headers)) as Record<string, string>),
      retry: {
        maxRetries: integer(webhook, 'max_retries'),
        initialDelay: real(webhook, 'initial_delay'),
        maxDelay: real(webhook, 'max_delay'),
        backoffMultiplier: real(webhook, 'backoff_multiplier'),
      },
    };
  }

  /** The present secret first; during a rotation the former one signs along until its time is over. */
  private secrets(webhook: Row): string[] {
    const until = textOrNull(webhook, 'previous_secret_until');
    const rotating = until !== null && until > toTimestamp(this.clock.now());
    const stored = [textOrNull(webhook, 'secret'), rotating ? textOrNull(webhook, 'previous_secret') : null];
    return stored.filter((secret) => secret !== null).map((secret) => this.cipher.decrypt(secret));
  }
}
