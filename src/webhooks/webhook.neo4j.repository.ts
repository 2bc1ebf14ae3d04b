import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../common/clock.js';
import { newId } from '../common/new-id.js';
import type { Page, PageRequest } from '../common/page.js';
import { Turns } from '../common/turns.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { SecretCipher } from '../delivery/sending/secret-cipher.js';
import { ConstraintViolationError } from '../neo4j/graph-errors.js';
import { ApiGraph } from '../neo4j/neo4j-graph.js';
import { integer, nested, type Row, text, textOrNull } from '../neo4j/row.js';
import {
  COUNT_LISTED_WEBHOOKS,
  COUNT_WEBHOOKS,
  CREATE_WEBHOOK,
  DELETE_WEBHOOK,
  FIND_BY_KEY,
  FIND_SECRET,
  FIND_WEBHOOK,
  LIST_WEBHOOKS,
  NAMES,
  ROTATE_SECRET,
  UPDATE_WEBHOOK,
} from './webhook.cypher.js';
import { RowReader } from '../neo4j/row-reader.js';
import { opened, toProperties, toWebhook } from './webhook-record.mapper.js';
import { keyConflict, type KeyedCreation, memoryOf, toldSecret } from './creation-key.js';
import type { CreatedWebhook, RotatedWebhook, StoredSettings, Webhook, WebhookSettings } from './webhook.js';

export interface WebhookFilter {
  /** Webhooks of this project (by id or safe name) and global ones; absent = all. */
  readonly projectId?: string;
  readonly activeOnly: boolean;
}

export interface WebhookCounts {
  readonly total: number;
  readonly active: number;
}

/** Keys of callers are remembered for a day. */
const KEY_MS = 24 * 3600 * 1000;
/** A change that Neo4j does not answer holds up the next for so long. */
const TURN_MS = 1000;

/** The webhooks in the graph. Each write also raises the registry's version, by which every instance sees the change. */
@Injectable()
export class WebhookRepository {
  private readonly reader = new RowReader(new Logger(WebhookRepository.name), 'Webhook');
  private readonly turns = new Turns(TURN_MS);

  constructor(
    private readonly graph: ApiGraph,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /**
   * @param keyed the request, when it may be repeated; the answer then has the secret that the service has made for it
   * @throws DomainError `idempotency_conflict` when the key belongs to another request
   */
  async create(settings: WebhookSettings, keyed?: KeyedCreation): Promise<CreatedWebhook> {
    const first = keyed && (await this.findFirst(keyed));
    if (first) return first;
    const now = toTimestamp(this.clock.now());
    const properties = { ...toProperties(settings, this.cipher, now), created_at: now, revision: newId() };
    const creation = keyed ? this.cipher.encrypt(memoryOf(keyed, settings.secret)) : null;
    const webhook = await this.createOnce({ id: newId(), properties, creation }, keyed);
    return keyed?.generated && settings.secret !== null && webhook.secret === undefined
      ? { ...webhook, secret: settings.secret }
      : webhook;
  }

  async findById(id: string): Promise<Webhook | null> {
    return this.readable(await this.graph.read(FIND_WEBHOOK, { id }))[0] ?? null;
  }

  /** In the order of creation. */
  async list(filter: WebhookFilter, { limit, after = '' }: PageRequest): Promise<Page<Webhook>> {
    const narrowed = { active_only: filter.activeOnly, project_id: filter.projectId ?? null };
    const [found, [count]] = await Promise.all([
      this.graph.read(LIST_WEBHOOKS, { ...narrowed, after, limit: limit + 1 }),
      this.graph.read(COUNT_LISTED_WEBHOOKS, narrowed),
    ]);
    const items = this.readable(found.slice(0, limit));
    const last = found[limit - 1];
    const nextCursor = found.length > limit && last ? text(nested(last, 'webhook'), 'id') : null;
    return { items, total: count ? integer(count, 'total') : 0, nextCursor };
  }

  /** @returns null when it is gone, or has another revision by now: then nothing was written */
  async update(id: string, changes: Partial<StoredSettings>, expected: string): Promise<Webhook | null> {
    const properties = {
      ...toProperties(changes, this.cipher, toTimestamp(this.clock.now())),
      revision: newId(),
    };
    const [row] = await this.change(UPDATE_WEBHOOK, { id, properties, revisions: [expected] });
    return row ? this.read(row) : null;
  }

  /**
   * Signs with another secret from now on, and for `graceMs` with the former one as well, if there is one. A secret
   * that it has already changes nothing, so that asking again after a lost answer does no harm.
   *
   * @param revisions as with `delete`
   */
  async rotateSecret(
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
    const [row] = await this.change(ROTATE_SECRET, {
      id,
      secret: this.cipher.encrypt(secret),
      until,
      now: toTimestamp(nowMs),
      revision: newId(),
      revisions: revisions ?? null,
    });
    return row ? { ...this.read(row), previousSecretExpiresAt: textOrNull(row, 'previous_until') } : null;
  }

  /**
   * Takes it out of sight at once, with its secrets; its history goes in the background.
   *
   * @param revisions it must have one of these, or nothing is done; undefined = any
   */
  async delete(id: string, revisions?: readonly string[]): Promise<boolean> {
    const now = toTimestamp(this.clock.now());
    const deleted = await this.change(DELETE_WEBHOOK, { id, now, revisions: revisions ?? null });
    return deleted.length > 0;
  }

  /** The names of these webhooks, by id. */
  async names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await this.graph.read(NAMES, { ids });
    return new Map(found.map((row) => [text(row, 'id'), text(row, 'name')]));
  }

  async counts(): Promise<WebhookCounts> {
    const [row] = await this.graph.read(COUNT_WEBHOOKS);
    return row ? { total: integer(row, 'total'), active: integer(row, 'active') } : { total: 0, active: 0 };
  }

  /**
   * A commit whose answer was lost shows itself when it is repeated: the id, which is ours alone, is there already. Or
   * somebody else was first under the same key.
   */
  private async createOnce(
    node: { readonly id: string; readonly properties: object; readonly creation: string | null },
    keyed: KeyedCreation | undefined,
  ): Promise<CreatedWebhook> {
    try {
      const key = { key: keyed?.key ?? null, forgotten: this.forgotten() };
      const [row] = await this.change(CREATE_WEBHOOK, { ...node, ...key });
      if (!row) throw new Error('The new webhook was not returned');
      return this.read(row);
    } catch (error) {
      if (!(error instanceof ConstraintViolationError)) throw error;
      const found = (keyed && (await this.findFirst(keyed))) ?? (await this.findById(node.id));
      if (!found) throw error;
      return found;
    }
  }

  /**
   * What the first request under this key has created. Asked of who takes the writes: others may not know it yet.
   *
   * @throws DomainError `idempotency_conflict`
   */
  private async findFirst(keyed: KeyedCreation): Promise<CreatedWebhook | undefined> {
    const [row] = await this.graph.write(FIND_BY_KEY, { key: keyed.key, forgotten: this.forgotten() });
    if (!row) return undefined;
    const [webhook] = this.readable([row]);
    if (!webhook) throw keyConflict(keyed.key);
    const secret = this.openedIn(row, 'secret');
    return toldSecret(keyed, this.openedIn(row, 'creation'), secret) && secret !== undefined
      ? { ...webhook, secret }
      : webhook;
  }

  private openedIn(row: Row, key: string): string | undefined {
    const stored = textOrNull(row, key);
    return stored === null ? undefined : opened(stored, this.cipher);
  }

  /**
   * What raises the version of the webhooks. Each waits for the one before, at the registry, until that is on disk: here
   * it costs Neo4j nothing, and events find it free. Measured with eight clients that create webhooks: docs/benchmarks.md.
   */
  private change(cypher: string, parameters: Readonly<Record<string, unknown>>): Promise<Row[]> {
    return this.turns.take('version', () => this.graph.write(cypher, parameters));
  }

  /** What was created before has no key any more. */
  private forgotten(): string {
    return toTimestamp(this.clock.now() - KEY_MS);
  }

  private async unrotated(id: string, until: string | null): Promise<RotatedWebhook | null> {
    const webhook = await this.findById(id);
    const isOver = until === null || until <= toTimestamp(this.clock.now());
    return webhook && { ...webhook, previousSecretExpiresAt: isOver ? null : until };
  }

  /** A node that somebody has spoiled is not there, neither in a list nor by itself. */
  private readable(found: readonly Row[]): Webhook[] {
    const webhooks = found.map((row) => nested(row, 'webhook'));
    return this.reader.readAll(webhooks, (webhook) => this.read({ webhook }));
  }

  private read(row: Row): Webhook {
    return toWebhook(nested(row, 'webhook'), this.cipher, this.options.breakerThreshold);
  }
}
