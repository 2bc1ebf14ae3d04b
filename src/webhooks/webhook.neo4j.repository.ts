import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../common/clock.js';
import { newId } from '../common/new-id.js';
import type { Page, PageRequest } from '../common/page.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { SecretCipher } from '../delivery/sending/secret-cipher.js';
import { ConstraintViolationError } from '../neo4j/graph-errors.js';
import { ApiGraph } from '../neo4j/neo4j-graph.js';
import { integer, nested, text, textOrNull, type Row } from '../neo4j/row.js';
import {
  COUNT_LISTED_WEBHOOKS,
  COUNT_WEBHOOKS,
  CREATE_WEBHOOK,
  DELETE_WEBHOOK,
  FIND_SECRET,
  FIND_WEBHOOK,
  LIST_WEBHOOKS,
  NAMES,
  ROTATE_SECRET,
  UPDATE_WEBHOOK,
} from './webhook.cypher.js';
import { RowReader } from '../neo4j/row-reader.js';
import { opened, toProperties, toWebhook } from './webhook-record.mapper.js';
import { WebhookRepository, type WebhookCounts, type WebhookFilter } from './webhook.repository.js';
import type { RotatedWebhook, StoredSettings, Webhook, WebhookSettings } from './webhook.js';

@Injectable()
export class Neo4jWebhookRepository extends WebhookRepository {
  private readonly reader = new RowReader(new Logger(Neo4jWebhookRepository.name), 'Webhook');

  constructor(
    private readonly graph: ApiGraph,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {
    super();
  }

  override async create(settings: WebhookSettings): Promise<Webhook> {
    const now = toTimestamp(this.clock.now());
    const properties = { ...toProperties(settings, this.cipher, now), created_at: now, revision: newId() };
    const id = newId();
    const row = await this.createOnce(id, properties);
    if (!row) throw new Error('The new webhook was not returned');
    return this.read(row);
  }

  override async findById(id: string): Promise<Webhook | null> {
    const [row] = await this.graph.read(FIND_WEBHOOK, { id });
    return row ? this.read(row) : null;
  }

  override async list(filter: WebhookFilter, { limit, after = '' }: PageRequest): Promise<Page<Webhook>> {
    const narrowed = { active_only: filter.activeOnly, project_id: filter.projectId ?? null };
    const [found, [count]] = await Promise.all([
      this.graph.read(LIST_WEBHOOKS, { ...narrowed, after, limit: limit + 1 }),
      this.graph.read(COUNT_LISTED_WEBHOOKS, narrowed),
    ]);
    const page = found.slice(0, limit).map((row) => nested(row, 'webhook'));
    const items = this.reader.readAll(page, (webhook) => this.read({ webhook }));
    const last = page.at(-1)?.['id'];
    const nextCursor = found.length > limit && typeof last === 'string' ? last : null;
    return { items, total: count ? integer(count, 'total') : 0, nextCursor };
  }

  override async update(
    id: string,
    changes: Partial<StoredSettings>,
    expected: string,
  ): Promise<Webhook | null> {
    const properties = {
      ...toProperties(changes, this.cipher, toTimestamp(this.clock.now())),
      revision: newId(),
    };
    const [row] = await this.graph.write(UPDATE_WEBHOOK, { id, properties, revisions: [expected] });
    return row ? this.read(row) : null;
  }

  override async rotateSecret(
    id: string,
    secret: string,
    graceMs: number,
    revisions?: readonly string[],
  ): Promise<RotatedWebhook | null> {
    const nowMs = this.clock.now();
    const [found] = await this.graph.read(FIND_SECRET, { id });
    if (!found) return null;
    const stored = textOrNull(found, 'secret');
    const former = stored === null ? undefined : opened(stored, this.cipher);
    if (former === secret) return this.unrotated(id, textOrNull(found, 'previous_until'));
    // A former secret that cannot be opened could not sign, only keep the webhook locked.
    const until = former !== undefined && graceMs > 0 ? toTimestamp(nowMs + graceMs) : null;
    const [row] = await this.graph.write(ROTATE_SECRET, {
      id,
      secret: this.cipher.encrypt(secret),
      until,
      now: toTimestamp(nowMs),
      revision: newId(),
      revisions: revisions ?? null,
    });
    return row ? { ...this.read(row), previousSecretExpiresAt: textOrNull(row, 'previous_until') } : null;
  }

  override async delete(id: string, revisions?: readonly string[]): Promise<boolean> {
    const now = toTimestamp(this.clock.now());
    const deleted = await this.graph.write(DELETE_WEBHOOK, { id, now, revisions: revisions ?? null });
    return deleted.length > 0;
  }

  override async names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await this.graph.read(NAMES, { ids });
    return new Map(found.map((row) => [text(row, 'id'), text(row, 'name')]));
  }

  override async counts(): Promise<WebhookCounts> {
    const [row] = await this.graph.read(COUNT_WEBHOOKS);
    return row ? { total: integer(row, 'total'), active: integer(row, 'active') } : { total: 0, active: 0 };
  }

  /** A commit whose answer was lost shows itself when it is repeated: the id, which is ours alone, is there already. */
  private async createOnce(id: string, properties: Record<string, unknown>): Promise<Row | undefined> {
    try {
      const [row] = await this.graph.write(CREATE_WEBHOOK, { id, properties });
      return row;
    } catch (error) {
      if (!(error instanceof ConstraintViolationError)) throw error;
      const [row] = await this.graph.read(FIND_WEBHOOK, { id });
      return row;
    }
  }

  private async unrotated(id: string, until: string | null): Promise<RotatedWebhook | null> {
    const webhook = await this.findById(id);
    const isOver = until === null || until <= toTimestamp(this.clock.now());
    return webhook && { ...webhook, previousSecretExpiresAt: isOver ? null : until };
  }

  private read(row: Row): Webhook {
    return toWebhook(nested(row, 'webhook'), this.cipher, this.options.breakerThreshold);
  }
}
