import { Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { newId } from '../../common/new-id.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import {
  flag,
  integer,
  integerOrNull,
  nested,
  real,
  rows,
  text,
  textList,
  textOrNull,
  type Row,
} from '../../neo4j/row.js';
import { CredentialOpener } from '../sending/credential-opener.js';
import type { SealedSecret, Target } from '../sending/target.js';
import { DEACTIVATE_FAILING, DEACTIVATE_ORPHANS, DEACTIVATE_WEBHOOK, LOAD_TARGETS } from './target.cypher.js';
import { TargetRepository, type SwitchedOff, type TargetSnapshot } from './target.repository.js';

@Injectable()
export class Neo4jTargetRepository extends TargetRepository {
  private readonly logger = new Logger(Neo4jTargetRepository.name);
  /** Webhooks that the log has spoken of; each is a line once, not with every change of another. */
  private reported = new Set<string>();

  constructor(
    private readonly graph: Neo4jGraph,
    private readonly credentials: CredentialOpener,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async loadAll(): Promise<TargetSnapshot> {
    const loaded = await this.graph.write(LOAD_TARGETS);
    const first = loaded[0];
    const targets = loaded.flatMap((row) => (row['webhook'] === null ? [] : this.readable(row)));
    this.report(targets.filter(({ locked }) => locked));
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
    const own = { now: toTimestamp(this.clock.now()), call: newId() };
    const [row] = await this.graph.write(cypher, { ...parameters, ...own });
    const webhooks = row ? rows(row, 'webhooks') : [];
    return webhooks.map((webhook) => ({ webhookId: text(webhook, 'id'), reason: text(webhook, 'reason') }));
  }

  /** A webhook that somebody has broken in the graph must not stop the others: it is left out, and the log says so. */
  private readable(row: Row): Target[] {
    try {
      return [this.toTarget(row)];
    } catch (error) {
      this.logger.error(`Webhook ${text(nested(row, 'webhook'), 'id')} cannot be used: ${String(error)}`);
      return [];
    }
  }

  private report(locked: readonly Target[]): void {
    for (const { webhookId } of locked.filter((target) => !this.reported.has(target.webhookId))) {
      this.logger.error(
        `Webhook ${webhookId} is locked: no key of SECRETS_KEY opens its secrets. ` +
          'Its deliveries wait until the key that encrypted them is listed.',
      );
    }
    this.reported = new Set(locked.map(({ webhookId }) => webhookId));
  }

  private toTarget(row: Row): Target {
    const webhook = nested(row, 'webhook');
    const url = text(webhook, 'url');
    const sealed = { secrets: this.secrets(webhook), headers: textOrNull(webhook, 'headers') };
    return {
      webhookId: text(webhook, 'id'),
      url,
      destination: new URL(url).origin,
      active: flag(webhook, 'active'),
      generation: integerOrNull(webhook, 'generation') ?? 0,
      projectId: textOrNull(webhook, 'project_id'),
      projectAliases: [textOrNull(row, 'project_key'), textOrNull(row, 'project_name')].filter(
        (alias) => alias !== null,
      ),
      events: textList(webhook, 'events'),
      ...sealed,
      locked: !this.canBeOpened(sealed),
      retry: {
        maxRetries: integer(webhook, 'max_retries'),
        initialDelay: real(webhook, 'initial_delay'),
        maxDelay: real(webhook, 'max_delay'),
        backoffMultiplier: real(webhook, 'backoff_multiplier'),
      },
    };
  }

  /** The present secret first; during a rotation the former one signs along until its time is over. */
  private secrets(webhook: Row): SealedSecret[] {
    const secret = textOrNull(webhook, 'secret');
    const former = textOrNull(webhook, 'previous_secret');
    const until = textOrNull(webhook, 'previous_secret_until');
    return [
      ...(secret === null ? [] : [{ sealed: secret, until: Infinity }]),
      ...(former === null || until === null ? [] : [{ sealed: former, until: Date.parse(until) }]),
    ];
  }

  /** Tried once for each change, so that an attempt need not expect a failure. */
  private canBeOpened(sealed: Pick<Target, 'secrets' | 'headers'>): boolean {
    try {
      this.credentials.open(sealed, this.clock.now());
      return true;
    } catch {
      return false;
    }
  }
}
