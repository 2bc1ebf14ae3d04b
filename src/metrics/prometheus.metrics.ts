import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  DeliveryMetrics,
  type AnswerClass,
  type Answered,
  type Breach,
  type DeactivationCause,
  type GaugeName,
  type WebhookState,
} from '../common/metrics/delivery-metrics.js';
import { oneAtATime } from '../common/one-at-a-time.js';
import { VERSION } from '../common/version.js';
import { within } from '../common/within.js';
import { GAUGES } from './gauges.js';

const PREFIX = 'basset_webhooks_';
/** Prometheus gives up after 10 s: while Neo4j is away one figure is missing, not all of them. */
const READ_TIMEOUT_MS = 2000;

/** All values of each label. */
const ANSWERS: readonly AnswerClass[] = ['2xx', '3xx', '4xx', '5xx', 'timed_out', 'no_connection', 'policy'];
const CAUSES: readonly DeactivationCause[] = ['failing', 'gone', 'project_deleted'];
const ENDS = ['success', 'failed'] as const;

/** The engine's figures in the Prometheus format. */
@Injectable()
export class PrometheusMetrics extends DeliveryMetrics {
  readonly registry = new Registry();
  private readonly events: Counter;
  private readonly attempts: Histogram<'outcome'>;
  private readonly deactivations: Counter<'reason'>;
  private readonly breaches: Counter<'kind'>;
  private readonly requeues = new Counter({
    name: `${PREFIX}requeued_total`,
    help: 'Deliveries that failed in an outage of their receiver and were queued again by themselves',
    registers: [this.registry],
  });
  private readonly feedDrops = new Counter({
    name: `${PREFIX}feed_dropped_total`,
    help: 'Clients of the feed that took nothing any more, and were let go of',
    registers: [this.registry],
  });
  private readonly turns = new Histogram({
    name: `${PREFIX}throttle_wait_seconds`,
    help: 'How long webhooks waited for a turn at a destination that is asked too often; none where the throttle is off',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers: [this.registry],
  });
  private readonly answers = new Counter({
    name: `${PREFIX}attempts_total`,
    help: 'Attempts by what came back (a class of HTTP status, timed_out, no_connection, policy = not allowed), by the format of the webhook, and by how that took it: success, retry, throttled, rejected, blocked, gone',
    labelNames: ['answer', 'format', 'outcome'],
    registers: [this.registry],
  });
  private readonly ends = new Counter({
    name: `${PREFIX}deliveries_finished_total`,
    help: 'Deliveries that arrived (success) or were given up (failed)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly endToEnd = new Histogram({
    name: `${PREFIX}delivery_seconds`,
    help: 'From when an event was accepted until it arrived or was given up',
    labelNames: ['outcome'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3600, 21_600, 86_400, 432_000],
    registers: [this.registry],
  });
  private readonly losses = this.counter('lease_lost_total', 'How often others took this instance for dead');
  private readonly takeovers = this.counter(
    'claims_taken_over_total',
    'Deliveries that this instance gave back to the queue for one that had stopped',
  );
  private readonly evictions = this.counter(
    'evicted_total',
    'Records removed because a log was full or old: deliveries, and events without any',
  );
  private readonly logins = new Counter({
    name: `${PREFIX}refused_logins_total`,
    help: 'Calls without an API key (missing), or with one that is not listed (wrong)',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  private readonly taken = this.counter('outbox_taken_total', 'Rows of the outbox that became events');
  private readonly setAside = this.counter(
    'outbox_rejected_total',
    'Rows of the outbox that could not become events and were set aside',
  );
  private readonly commitSize: Histogram<'recorder'>;
  private readonly commitSeconds: Histogram<'recorder'>;

  constructor() {
    super();
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.events = new Counter({ name: `${PREFIX}events_accepted_total`, help: 'Events on disk', registers });
    this.attempts = new Histogram({
      name: `${PREFIX}attempt_duration_seconds`,
      help: 'Attempts by how they left the delivery: success, retrying, failed',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.deactivations = new Counter({
      name: `${PREFIX}deactivated_total`,
      help: 'Webhooks that this instance switched off: failing, gone (410), project_deleted',
      labelNames: ['reason'],
      registers,
    });
    this.breaches = new Counter({
      name: `${PREFIX}queue_breaches_total`,
      help: 'Deliveries found outside the queue and put back, which must not happen: no_place, unregistered_claim',
      labelNames: ['kind'],
      registers,
    });
    this.commitSize = new Histogram({
      name: `${PREFIX}commit_size`,
      help: 'Submissions in one transaction of a recorder',
      labelNames: ['recorder'],
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    });
    this.commitSeconds = new Histogram({
      name: `${PREFIX}commit_duration_seconds`,
      help: 'Time of one transaction of a recorder',
      labelNames: ['recorder'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
      registers,
    });
    this.begin();
  }

  /** What never happened is 0, or an alert on its increase would miss the first time. */
  private begin(): void {
    for (const kind of ['no_place', 'unregistered_claim']) this.breaches.inc({ kind }, 0);
    for (const reason of ['missing', 'wrong']) this.logins.inc({ reason }, 0);
    for (const reason of CAUSES) this.deactivations.inc({ reason }, 0);
    for (const answer of ANSWERS)
      this.answers.inc({ answer, format: 'basset', outcome: answer === '2xx' ? 'success' : 'retry' }, 0);
    for (const outcome of ENDS) this.ends.inc({ outcome }, 0);
    new Gauge({
      name: `${PREFIX}build_info`,
      help: 'Always 1: the version of the service and of Node.js',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version: VERSION, node: process.versions.node }, 1);
  }

  override eventsAccepted(count: number): void {
    this.events.inc(count);
  }

  override attempted(outcome: 'success' | 'failed' | 'retrying', seconds: number): void {
    this.attempts.observe({ outcome }, seconds);
  }

  override committed(recorder: 'events' | 'outcomes', size: number, seconds: number): void {
    this.commitSize.observe({ recorder }, size);
    this.commitSeconds.observe({ recorder }, seconds);
  }

  override deactivated(reason: DeactivationCause): void {
    this.deactivations.inc({ reason });
  }

  override mended(kind: Breach, count: number): void {
    this.breaches.inc({ kind }, count);
  }

  override loginRefused(reason: 'missing' | 'wrong'): void {
    this.logins.inc({ reason });
  }

  override requeued(count: number): void {
    this.requeues.inc(count);
  }

  override feedDropped(): void {
    this.feedDrops.inc();
  }

  override waitedForTurn(seconds: number): void {
    this.turns.observe(seconds);
  }

  override answered({ answer, format, outcome }: Answered): void {
    this.answers.inc({ answer, format, outcome });
  }

  override finished(outcome: 'success' | 'failed', seconds: number): void {
    this.ends.inc({ outcome });
    this.endToEnd.observe({ outcome }, seconds);
  }

  override leaseLost(): void {
    this.losses.inc();
  }

  override claimsTakenOver(count: number): void {
    this.takeovers.inc(count);
  }

  override evicted(count: number): void {
    this.evictions.inc(count);
  }

  override outboxTaken(rows: number): void {
    this.taken.inc(rows);
  }

  override outboxRejected(rows: number): void {
    this.setAside.inc(rows);
  }

  override webhooks(read: () => Promise<Readonly<Record<WebhookState, number>>>): void {
    const readOnce = oneAtATime(read);
    new Gauge({
      name: `${PREFIX}webhooks`,
      help: 'Webhooks by state: active, inactive, failing, disabled (switched off by the service), locked',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const counts = await within(READ_TIMEOUT_MS, readOnce()).catch(() => ({}));
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name: `${PREFIX}${name}`, help, registers: [this.registry] });
  }

  override gauge(name: GaugeName, read: () => number | Promise<number>): void {
    const readOnce = oneAtATime(read);
    const collect = async function (this: Gauge): Promise<void> {
      const value = within(READ_TIMEOUT_MS, readOnce());
      this.set(await value.catch(() => Number.NaN));
    };
    new Gauge({ name: `${PREFIX}${name}`, help: GAUGES[name], registers: [this.registry], collect });
  }
}
