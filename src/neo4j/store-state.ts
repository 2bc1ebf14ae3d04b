import { Logger } from '@nestjs/common';
import { faultOf, isServersAnswer, reasonOf, type Fault } from './driver-errors.js';
import { GraphUnavailableError } from './graph-errors.js';

interface Outage {
  readonly fault: Fault;
  readonly since: number;
  /** What was tried in vain needed this; only a success of the same kind is its end. */
  readonly wrote: boolean;
  reason: string;
  failedAt: number;
  pauseMs: number;
  nextTryAt: number;
  refused: number;
  /** What the log has been told of it: each kind of fault once. */
  readonly told: Set<Fault>;
}

/** An outage shorter than this is nobody's concern: a connection that was closed, a new leader. */
const WORTH_TELLING_MS = 1000;
/** Between two tries, ms: the first pause and the longest. Five wrong passwords a minute are few enough for Neo4j. */
const PAUSES: Readonly<Record<Fault, readonly [first: number, longest: number]>> = {
  away: [2, 1000],
  refused: [5000, 30_000],
  broken: [0, 0],
  busy: [0, 0],
};
/** Statements that get in each other's way are over when none had to be given up for so long, ms. */
const BUSY_IS_OVER_MS = 10_000;
/** What still has to be written when the service stops gets so long while nothing answers, ms. */
const LAST_PATIENCE_MS = 250;

const EXPLANATIONS: Readonly<Record<Fault, (reason: string) => string>> = {
  away: (reason) => `Neo4j does not answer (${reason})`,
  refused: (reason) =>
    `Neo4j does not accept the credentials: NEO4J_PASSWORD (or NEO4J_USER) is not right any more (${reason})`,
  broken: (reason) => `Neo4j cannot do its work: look at its disk, its settings and its log (${reason})`,
  busy: (reason) => `Neo4j is too busy to answer in time (${reason})`,
};

/**
 * What is known of the store, in one place for everybody who uses it: whether it answers, since when it does not, and
 * who may try next. While it is away one caller at a time tries and all others wait for what it finds out, so there
 * is one clock; the log has one line when an outage begins, or becomes one of another kind, and one, with the number of
 * refused calls, when it ends.
 */
export class StoreState {
  private readonly logger = new Logger('Neo4j');
  private outage: Outage | undefined;
  private lastHeard = Number.NEGATIVE_INFINITY;
  private lastWrote = Number.NEGATIVE_INFINITY;
  private isTrying = false;
  private isStopping = false;
  private readonly waiters = new Set<() => void>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** When a server said anything at all, and when a write was committed. Monotonic ms. */
  get heardAt(): number {
    return this.lastHeard;
  }

  get wroteAt(): number {
    return this.lastWrote;
  }

  /** What is wrong now, and for how long, ms; undefined while all is well. */
  get trouble(): { readonly fault: Fault; readonly forMs: number } | undefined {
    return this.outage && { fault: this.outage.fault, forMs: this.now() - this.outage.since };
  }

  /** How long a call may wait for a store that is away, ms. */
  patience(ms: number): number {
    return this.isStopping && this.outage ? Math.min(ms, LAST_PATIENCE_MS) : ms;
  }

  /** From now on nobody waits long for a store that is away: the service stops. */
  stop(): void {
    this.isStopping = true;
    this.wake();
  }

  /**
   * Asks for leave to try: 0 = now, else how long to wait before asking again, unless `change` comes first.
   *
   * @param urgent tries whatever the others do, unless it is the credentials that are refused
   */
  turn(urgent = false): number {
    const { outage } = this;
    if (!outage || outage.fault === 'broken' || outage.fault === 'busy') return 0;
    if (urgent && outage.fault === 'away') return 0;
    const wait = outage.nextTryAt - this.now();
    if (wait > 0) return wait;
    if (this.isTrying) return PAUSES.away[1];
    this.isTrying = true;
    return 0;
  }

  /** Resolves after `ms`, or as soon as the store answers again. */
  async change(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waiters.add(wake);
    });
  }

  /** @param wrote whether something was written: what is only read says nothing of a full disk */
  succeeded(wrote: boolean): void {
    const now = this.now();
    this.lastHeard = now;
    this.isTrying = false;
    if (wrote) this.lastWrote = now;
    if (this.outage && this.isOver(this.outage, wrote)) this.end(this.outage);
    if (wrote) this.wake();
  }

  /** An attempt failed; answers whether it is worth another. */
  failed(error: unknown, wrote: boolean): boolean {
    const fault = faultOf(error);
    this.isTrying = false;
    if (isServersAnswer(error)) this.heard(fault);
    if (fault === undefined || fault === 'busy') return fault !== undefined;
    const outage = this.begin(fault, reasonOf(error), wrote);
    if (this.now() - outage.since >= WORTH_TELLING_MS) this.tell(outage);
    return true;
  }

  /**
   * A call is given up; answers what it is to be told.
   *
   * @param since when the call began, monotonic ms
   * @param isCaller whether somebody outside is refused with it; the engine tries again
   */
  refuse(error: unknown, wrote: boolean, since: number, isCaller = true): GraphUnavailableError {
    const fault = faultOf(error) ?? this.outage?.fault ?? 'busy';
    // Who gives up has not tried just now: when the next try is due does not depend on it.
    const outage =
      this.outage ?? this.begin(fault, error === undefined ? 'no answer' : reasonOf(error), wrote);
    outage.failedAt = this.now();
    if (isCaller) outage.refused += 1;
    this.tell(outage);
    return new GraphUnavailableError(error, fault === 'broken' && this.lastWrote > since);
  }

  /** Somebody outside is refused by who had tried in vain. */
  noteRefusal(): void {
    if (this.outage) this.outage.refused += 1;
  }

  /** A server that complains of a statement is not away, and one that knows the user does not refuse it. */
  private heard(complaint: Fault | undefined): void {
    this.lastHeard = this.now();
    const fault = this.outage?.fault;
    if (this.outage && (fault === 'away' || (fault === 'refused' && complaint !== 'refused')))
      this.end(this.outage);
  }

  private begin(fault: Fault, reason: string, wrote: boolean): Outage {
    const now = this.now();
    const [first, longest] = PAUSES[fault];
    const known = this.outage;
    if (known && (known.fault === fault || fault === 'busy')) {
      known.failedAt = now;
      known.reason = reason;
      known.pauseMs = Math.min(Math.max(known.pauseMs * 2, first), longest);
      known.nextTryAt = now + known.pauseMs * (0.5 + Math.random() / 2);
      return known;
    }
    const { since = now, refused = 0, told = new Set<Fault>() } = known ?? {};
    const next = { fault, since, wrote, reason, failedAt: now, pauseMs: first, nextTryAt: now + first };
    return (this.outage = { ...next, refused, told });
  }

  private isOver({ fault, wrote, failedAt }: Outage, nowWrote: boolean): boolean {
    if (fault === 'broken') return nowWrote || !wrote;
    return fault !== 'busy' || this.now() - failedAt >= BUSY_IS_OVER_MS;
  }

  private end({ since, refused, told }: Outage): void {
    this.outage = undefined;
    this.isTrying = false;
    this.wake();
    if (told.size === 0) return;
    const seconds = ((this.now() - since) / 1000).toFixed(1);
    this.logger.log(`Neo4j works again after ${seconds} s; ${refused} calls were refused meanwhile`);
  }

  private tell(outage: Outage): void {
    if (outage.told.has(outage.fault)) return;
    outage.told.add(outage.fault);
    const what = EXPLANATIONS[outage.fault](outage.reason);
    this.logger.error(`${what}. Callers get 503, deliveries wait; it goes on by itself`);
  }

  private wake(): void {
    for (const wake of [...this.waiters]) wake();
  }
}
