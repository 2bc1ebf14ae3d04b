import { Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { newId } from '../../common/new-id.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import {
  flag,
  integer,
  integerOrNull,
  nested,
  type Row,
  rows,
  text,
  textList,
  textOrNull,
  upTo,
} from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
import { DEFAULT_RETRY_CONFIG, type RetryConfig } from '../model/delivery.js';
import { CredentialOpener } from '../sending/secret-cipher.js';
import type { Credentials } from '../sending/credentials.js';
import type { Endpoint, SealedSecret } from '../model/endpoint.js';
import {
  CHANGED_TARGETS,
  DEACTIVATE_FAILING,
  DEACTIVATE_ORPHANS,
  DEACTIVATE_WEBHOOK,
  FOLLOW_PROJECTS,
  LOAD_TARGETS,
} from './endpoint.cypher.js';
import { toFilter, toPace, toRendering } from './endpoint-format.js';

/** All webhooks and the version of the registry that they were read at. */
export interface TargetSnapshot {
  readonly version: number;
  readonly endpoints: readonly Endpoint[];
}

/** What changed since another version. */
export interface TargetChanges extends TargetSnapshot {
  /** Webhooks that were deleted. */
  readonly gone: readonly string[];
}

/** A webhook that was just switched off. */
export interface SwitchedOff {
  readonly webhookId: string;
  readonly reason: string;
}

/** A webhook whose record cannot be read gets nothing, and keeps what waits for it until somebody mends it. */
function unreadable(webhookId: string): Endpoint {
  return {
    webhookId,
    url: '',
    destination: '',
    active: true,
    generation: 0,
    projectId: null,
    projectAliases: [],
    events: [],
    secrets: [],
    headers: null,
    name: '',
    filter: null,
    rendering: null,
    formatSecrets: null,
    identity: null,
    pace: null,
    locked: true,
    retry: DEFAULT_RETRY_CONFIG,
  };
}

const DAY_SECONDS = 24 * 3600;
const MOST_TIMES_LONGER = 1000;

/** What somebody has written by hand must not make a time that there is not: that attempt would be made for ever. */
function toRetry(webhook: Row): RetryConfig {
  return {
    maxRetries: integer(webhook, 'max_retries'),
    initialDelay: upTo(webhook, 'initial_delay', DAY_SECONDS),
    maxDelay: upTo(webhook, 'max_delay', DAY_SECONDS),
    backoffMultiplier: upTo(webhook, 'backoff_multiplier', MOST_TIMES_LONGER),
  };
}

/** Reads the webhooks as the delivery engine needs them. */
@Injectable()
export class EndpointRepository {
  private readonly logger = new Logger(EndpointRepository.name);
  private readonly reader = new RowReader(this.logger, 'Webhook');
  /** Locked webhooks that the log has spoken of; each is a line once, not with every change of another. */
  private readonly reported = new Set<string>();

  constructor(
    private readonly graph: Neo4jGraph,
    private readonly credentials: CredentialOpener,
    private readonly clock: Clock,
  ) {}

  async loadAll(): Promise<TargetSnapshot> {
    const loaded = await this.graph.write(LOAD_TARGETS);
    const first = loaded[0];
    const found = loaded.flatMap((row) => (row['webhook'] === null ? [] : [nested(row, 'webhook')]));
    return { version: first ? integer(first, 'version') : 0, endpoints: this.readable(found) };
  }

  /** As a write, so that it is never answered by a follower that lags behind. */
  async changedSince(version: number): Promise<TargetChanges | undefined> {
    const [row] = await this.graph.write(CHANGED_TARGETS, { since: version });
    if (!row) return undefined;
    const changed = rows(row, 'webhooks');
    const gone = changed.filter(({ deleted }) => deleted === true);
    return {
      version: integer(row, 'version'),
      endpoints: this.readable(changed.filter((webhook) => !gone.includes(webhook))),
      gone: gone.flatMap(({ id }) => (typeof id === 'string' ? id : [])),
    };
  }

  /** Joins webhooks with projects that came later or have another name by now; answers how many. */
  async followProjects(): Promise<number> {
    const [row] = await this.graph.write(FOLLOW_PROJECTS);
    return row ? integer(row, 'followed') : 0;
  }

  /** Sets an active webhook inactive, with the reason. Answers what this call has switched off, here and below. */
  async deactivate(id: string, cause: string, reason: string): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_WEBHOOK, { id, cause, reason });
  }

  /** … if it still fails since `before` (RFC 3339) or earlier, with at least so many failed deliveries. */
  async deactivateFailing(
    id: string,
    cause: string,
    before: string,
    failures: number,
  ): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_FAILING, { id, cause, before, failures });
  }

  /** … all whose Basset Hound project was deleted. */
  async deactivateOrphans(cause: string, reason: string): Promise<SwitchedOff[]> {
    return this.switchOff(DEACTIVATE_ORPHANS, { cause, reason });
  }

  private async switchOff(cypher: string, parameters: Record<string, unknown>): Promise<SwitchedOff[]> {
    const own = { now: toTimestamp(this.clock.now()), call: newId() };
    const [row] = await this.graph.write(cypher, { ...parameters, ...own });
    const webhooks = row ? rows(row, 'webhooks') : [];
    return webhooks.map((webhook) => ({ webhookId: text(webhook, 'id'), reason: text(webhook, 'reason') }));
  }

  /** A webhook that somebody has spoiled in the graph must not stop the others. */
  private readable(found: readonly Row[]): Endpoint[] {
    const spoiled: Endpoint[] = [];
    const endpoints = this.reader.readAll(
      found,
      (row) => this.toEndpoint(row),
      ({ id }) => {
        if (typeof id === 'string') spoiled.push(unreadable(id));
      },
    );
    for (const { webhookId, locked } of endpoints) this.report(webhookId, locked);
    return [...endpoints, ...spoiled];
  }

  private report(webhookId: string, locked: boolean): void {
    if (!locked) this.reported.delete(webhookId);
    if (!locked || this.reported.has(webhookId)) return;
    this.reported.add(webhookId);
    this.logger.error(
      `Webhook ${webhookId} is locked: no key of SECRETS_KEY opens its secrets. ` +
        'Its deliveries wait until the key that encrypted them is listed.',
    );
  }

  private toEndpoint(webhook: Row): Endpoint {
    // No event is written for such a webhook, see APPEND_EVENTS: none may be matched with it.
    if (webhook['deleted_at'] != null) throw new Error('It says that it was deleted');
    const url = text(webhook, 'url');
    const sealed = {
      secrets: this.secrets(webhook),
      headers: textOrNull(webhook, 'headers'),
      formatSecrets: textOrNull(webhook, 'format_secrets'),
    };
    const rendering = toRendering(webhook);
    const credentials = this.opened(sealed);
    return {
      webhookId: text(webhook, 'id'),
      url,
      name: text(webhook, 'name'),
      destination: new URL(url).origin,
      active: flag(webhook, 'active'),
      generation: integerOrNull(webhook, 'generation') ?? 0,
      projectId: textOrNull(webhook, 'project_id'),
      projectAliases: webhook['project_names'] == null ? [] : textList(webhook, 'project_names'),
      events: textList(webhook, 'events'),
      filter: toFilter(webhook),
      ...sealed,
      locked: credentials === undefined,
      rendering,
      identity: textOrNull(webhook, 'endpoint'),
      pace: toPace(webhook, rendering, credentials?.url ?? url),
      retry: toRetry(webhook),
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

  /** Tried once for each change, so that an attempt need not expect a failure; undefined = no key opens it. */
  private opened(sealed: Pick<Endpoint, 'secrets' | 'headers' | 'formatSecrets'>): Credentials | undefined {
    try {
      return this.credentials.open(sealed, this.clock.now());
    } catch {
      return undefined;
    }
  }
}
