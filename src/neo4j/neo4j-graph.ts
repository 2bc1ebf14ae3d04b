import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Driver, Session, SessionMode, Transaction } from 'neo4j-driver';
import { withoutStack } from '../common/without-stack.js';
import { underLimits, type AttemptLimits, type SignsOfLife } from './attempt-limit.js';
import { isConstraintViolation } from './driver-errors.js';
import { ConstraintViolationError, NoAnswerError } from './graph-errors.js';
import { keepPlan, keptParameters } from './keep-plan.js';
import { toDriverMap } from './parameters.js';
import type { Row } from './row.js';
import { StoreState } from './store-state.js';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 1000;
/** A statement of a server that answers others may take so long; then its connection is taken for dead. */
const LIMIT_MS = 30_000;
/** Nobody is given less to answer, however impatient the caller: an attempt that is cut short is in doubt. */
const LEAST_MS = 2000;

/** In the metadata of our own transactions: the capture of changes (docs/capture.md) passes over them. */
const OWN_MARK = '1';

/** Where sessions come from: a driver, or something that replaces its driver when the connections are dead. */
export type Sessions = Pick<Driver, 'session'>;

export interface GraphSettings {
  /** undefined = the server's default database, found out once. */
  readonly database: string | undefined;
  /** How long an absent server is waited for, ms, unless the call says otherwise. */
  readonly patienceMs: number;
  /** Longest time of one attempt while the server answers others, ms. @default 30 s */
  readonly limitMs?: number;
  /** Whoever gives up here is a caller of the API, who is refused; the engine tries again. @default false */
  readonly isForCallers?: boolean;
  /** Tries also while others find the store away: what must not wait behind them. @default false */
  readonly isUrgent?: boolean;
  /** Whether Neo4j plans each statement once and for all, see `keepPlan`: for the engine's constants. @default false */
  readonly keepsPlans?: boolean;
  /** What is known of the store; shared by all graphs of it. @default one of its own */
  readonly state?: StoreState;
  /** @default what this graph hears itself */
  readonly life?: SignsOfLife;
}

export interface CallOptions {
  /** How long an absent server is waited for, ms. @default the ingest timeout */
  readonly patienceMs?: number;
  /** For statements that take long by nature: how long one attempt may last, ms, heard of or not. */
  readonly limitMs?: number;
  /** What the transaction says of itself to the capture of changes. @default that it is the service's own */
  readonly mark?: string;
}

interface Statement {
  readonly mode: SessionMode;
  readonly cypher: string;
  readonly parameters: object;
  readonly mark?: string;
}

/**
 * Reads and writes of the graph, each one statement in one transaction (auto-commit `session.run`: one round trip,
 * measured 0.5 ms faster than `executeQuery`). Faults of the store are retried inside, and no attempt lasts for ever; a
 * write may therefore be executed again after a commit whose answer was lost, so every statement must bear a repetition.
 */
@Injectable()
export class Neo4jGraph {
  private readonly state: StoreState;
  private readonly life: SignsOfLife;

  constructor(
    private readonly sessions: Sessions,
    private readonly settings: GraphSettings,
  ) {
    this.state = settings.state ?? new StoreState();
    this.life = settings.life ?? {
      heardAt: () => this.state.heardAt,
      ask: async () => undefined,
      lost: new AbortController().signal,
      replace: () => undefined,
    };
  }

  /** @throws GraphUnavailableError when the server stays away */
  async read(
    cypher: string,
    parameters: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<Row[]> {
    return this.patiently({ mode: 'READ', cypher, parameters }, options);
  }

  /** @throws GraphUnavailableError when the server stays away, ConstraintViolationError */
  async write(
    cypher: string,
    parameters: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<Row[]> {
    const { mark = OWN_MARK } = options;
    return this.patiently({ mode: 'WRITE', cypher, parameters, mark }, options);
  }

  /**
   * Runs statements in one transaction that is rolled back: nothing remains but what the server has learnt, plans and
   * compiled code. Nothing is tried again.
   *
   * @param play gets the graph of that transaction
   * @throws what `play` and the driver throw
   */
  async rehearse(play: (graph: Neo4jGraph) => Promise<void>): Promise<void> {
    const session = this.session('WRITE');
    try {
      const transaction = await session.beginTransaction({ timeout: LIMIT_MS });
      await play(new RehearsedGraph(this.sessions, this.settings, transaction));
      await transaction.rollback();
    } finally {
      await close(session);
    }
  }

  /** For how long nothing has come back from Neo4j, ms. */
  silentMs(): number {
    return performance.now() - this.life.heardAt();
  }

  /**
   * Whether Neo4j has been away for as long as somebody waits who has waited for so long, ms: nothing came back, or it
   * does no work and says so. One that takes long and answers others is slow, not away.
   */
  isAway(waitedMs: number, patienceMs: number): boolean {
    const { trouble } = this.state;
    const troubleMs = trouble && trouble.fault !== 'busy' ? trouble.forMs : 0;
    return Math.min(waitedMs, Math.max(this.silentMs(), troubleMs)) >= patienceMs;
  }

  /** Counts a caller who is refused because of what failed here. */
  noteRefusal(): void {
    this.state.noteRefusal();
  }

  /** Asks for a sign of life, which `silentMs` then knows of. Never rejects. */
  async ask(): Promise<void> {
    await this.life.ask();
  }

  private async patiently(
    statement: Statement,
    { patienceMs = this.settings.patienceMs, limitMs }: CallOptions,
  ): Promise<Row[]> {
    const { state } = this;
    const wrote = statement.mode === 'WRITE';
    const started = performance.now();
    const deadline = started + state.patience(patienceMs);
    let last: unknown;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const turnMs = state.turn(this.settings.isUrgent);
      if (turnMs === 0) {
        try {
          return await this.attempt(statement, this.limits(deadline, limitMs));
        } catch (error) {
          if (!state.failed(error, wrote)) throw error;
          last = error;
        }
      }
      const left = deadline - performance.now();
      if (left <= 0) throw state.refuse(last, wrote, started, this.settings.isForCallers ?? false);
      if (turnMs > 0) await state.change(Math.min(left, turnMs));
      else await pause(Math.min(left, wait * (0.5 + Math.random() / 2)));
    }
  }

  protected prepared(cypher: string, parameters: object): [string, Record<string, unknown>] {
    return this.settings.keepsPlans === true
      ? [keepPlan(cypher), toDriverMap(keptParameters(parameters))]
      : [cypher, toDriverMap(parameters)];
  }

  private limits(deadline: number, limitMs: number | undefined): AttemptLimits {
    if (limitMs !== undefined) return { silenceMs: limitMs, limitMs };
    const silenceMs = Math.max(LEAST_MS, deadline - performance.now());
    return { silenceMs, limitMs: Math.max(silenceMs, this.settings.limitMs ?? LIMIT_MS) };
  }

  private session(mode: SessionMode): Session {
    const { database } = this.settings;
    return this.sessions.session({
      defaultAccessMode: mode,
      ...(database === undefined ? {} : { database }),
    });
  }

  private async attempt(statement: Statement, limits: AttemptLimits): Promise<Row[]> {
    const { mode, cypher, parameters, mark } = statement;
    const session = this.session(mode);
    // The server ends by itself what nobody waits for any more.
    const config = { timeout: limits.limitMs, ...(mark !== undefined && { metadata: { webhooks: mark } }) };
    const run = async () => {
      const prepared = this.prepared(cypher, parameters);
      return withoutStack(() => session.run(...prepared, config));
    };
    try {
      const { records, summary } = await underLimits(run(), limits, this.life);
      this.state.succeeded(summary.counters.containsUpdates());
      await close(session);
      return records.map((record) => record.toObject() as Row);
    } catch (error) {
      // A session whose connection is dead would be waited for as long as the connection lasts.
      const closed = close(session);
      if (!(error instanceof NoAnswerError)) await closed;
      throw isConstraintViolation(error) ? new ConstraintViolationError(error) : error;
    }
  }
}

async function close(session: Session): Promise<void> {
  await session.close().catch(() => undefined);
}

/** The graph as one open transaction sees it, and as nobody else ever will. */
class RehearsedGraph extends Neo4jGraph {
  constructor(
    sessions: Sessions,
    settings: GraphSettings,
    private readonly transaction: Transaction,
  ) {
    super(sessions, settings);
  }

  override async read(cypher: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    const { records } = await this.transaction.run(...this.prepared(cypher, parameters));
    return records.map((record) => record.toObject() as Row);
  }

  override write(cypher: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    return this.read(cypher, parameters);
  }
}

/** The graph as calls of the API use it: a pool of its own, so that a slow list takes no connection from the engine. */
export class ApiGraph extends Neo4jGraph {}

/** The graph for heartbeats: connections of their own, and no waiting behind others. */
export class PulseGraph extends Neo4jGraph {}

/** The database in which an administrator of Neo4j works; no data of anybody is in it. */
export class SystemGraph extends Neo4jGraph {}
