import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DeliveryMetrics, type Breach, type DeactivationCause } from '../common/metrics/delivery-metrics.js';
import { within } from '../common/within.js';

const PREFIX = 'basset_webhooks_';
/** Prometheus gives up after 10 s: while Neo4j is away one figure is missing, not all of them. */
const READ_TIMEOUT_MS = 2000;

const GAUGES = {
  in_flight: 'Requests to receivers that are under way',
  held: 'Deliveries held in memory',
  backlog: 'Deliveries that are not finished, in memory and in the graph',
  open_breakers: 'Webhooks that this instance sends nothing but probes, because they fail',
} as const;

/** The engine's figures in the Prometheus format. */
@Injectable()
export class PrometheusMetrics extends DeliveryMetrics {
  readonly registry = new Registry();
  private readonly events: Counter;
  private readonly attempts: Histogram<'outcome'>;
  private readonly interpretations = new Counter({
    name: `${PREFIX}attempts_total`,
    help: 'Attempts by the format of the webhook and by how the answer was taken: success, retry, throttled, rejected, blocked, gone',
    labelNames: ['format', 'outcome'],
    registers: [this.registry],
  });
  private readonly deactivations: Counter<'reason'>;
  private readonly breaches: Counter<'kind'>;
  private readonly requeues = new Counter({
    name: `${PREFIX}requeued_total`,
    help: 'Deliveries that failed in an outage of their receiver and were queued again by themselves',
    registers: [this.registry],
  });
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
    for (const kind of ['no_place', 'unregistered_claim']) this.breaches.inc({ kind }, 0);
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
  }

  override eventsAccepted(count: number): void {
    this.events.inc(count);
  }

  override attempted(outcome: 'success' | 'failed' | 'retrying', seconds: number): void {
    this.attempts.observe({ outcome }, seconds);
  }

  override interpreted(format: string, outcome: string): void {
    this.interpretations.inc({ format, outcome });
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

  override requeued(count: number): void {
    this.requeues.inc(count);
  }

  override gauge(name: keyof typeof GAUGES, read: () => number | Promise<number>): void {
    // However many scrapes give up waiting, one question at a time is put to Neo4j.
    let reading: Promise<number> | undefined;
    const readOnce = (): Promise<number> =>
      (reading ??= Promise.resolve()
        .then(read)
        .finally(() => (reading = undefined)));
    const collect = async function (this: Gauge): Promise<void> {
      const value = within(READ_TIMEOUT_MS, readOnce());
      this.set(await value.catch(() => Number.NaN));
    };
    new Gauge({ name: `${PREFIX}${name}`, help: GAUGES[name], registers: [this.registry], collect });
  }
}
