/** Where a figure of ours stands, what it should be, and what is known of others. */
export interface Comparison {
  readonly title: string;
  readonly scenario: string;
  /** How the subject begins; sizes may follow. */
  readonly subject: string;
  readonly measure: string;
  readonly aim: string;
  readonly outpost?: string;
  readonly svix?: string;
  readonly convoy?: string;
}

const NONE = { outpost: '', svix: '', convoy: '' };

/**
 * Known from the same workload on a machine of this kind (2 cores, everything on it); not measured in our run.
 * Hookdeck Outpost with RabbitMQ, Redis and Postgres; Svix and Convoy with Postgres and Redis.
 */
export const COMPARISONS: readonly Comparison[] = [
  {
    title: 'delivered through `POST /events`, 1/s',
    scenario: 'throughput',
    subject: 'POST /events, 32',
    measure: 'delivered',
    aim: '≥ 3,000',
    outpost: '1,490',
    svix: '780',
    convoy: '230',
  },
  {
    title: 'delivered through `POST /events/batch`, 1/s',
    scenario: 'throughput',
    subject: 'POST /events/batch',
    measure: 'delivered',
    aim: '≥ 6,000',
  },
  {
    title: 'delivered through `sendEvent` in process, 32 at a time, 1/s',
    scenario: 'throughput',
    subject: 'sendEvent in process, 32',
    measure: 'delivered',
    aim: '≥ 6,000',
  },
  {
    title: 'delivered through `sendEvent` in process, 256 at a time, 1/s',
    scenario: 'throughput',
    subject: 'sendEvent in process, 256',
    measure: 'delivered',
    aim: '≥ 6,000',
  },
  {
    title: 'delivered through `sendEvents` of 100 in process, 1/s',
    scenario: 'throughput',
    subject: 'sendEvents of',
    measure: 'delivered',
    aim: '≥ 6,000',
  },
  {
    title: 'CPU per event through `POST /events`, all processes, ms',
    scenario: 'throughput',
    subject: 'POST /events, 32',
    measure: 'CPU per event: service, Neo4j and receiver',
    aim: '< 0.6',
    outpost: '1.1',
    svix: '2.2',
    convoy: '7.9',
  },
  {
    title: 'CPU per event through `POST /events/batch`, all processes, ms',
    scenario: 'throughput',
    subject: 'POST /events/batch',
    measure: 'CPU per event: service, Neo4j and receiver',
    aim: '< 0.6',
  },
  {
    title: 'call to arrival at 100/s, p50, ms',
    scenario: 'latency',
    subject: 'call to arrival at',
    measure: 'p50',
    aim: '< 4',
    outpost: '30',
    svix: '2.4',
    convoy: '740',
  },
  {
    title: 'call to arrival at 100/s, p99, ms',
    scenario: 'latency',
    subject: 'call to arrival at',
    measure: 'p99',
    aim: '< 12',
    outpost: '55',
    svix: '8–11',
    convoy: '1,740',
  },
  {
    title: 'one event to 50 webhooks, deliveries/s',
    scenario: 'fan-out',
    subject: '200 events',
    measure: 'delivered',
    aim: '≥ 6,000',
    outpost: '1,890',
    svix: '4,100',
    convoy: '600',
  },
  {
    title: 'healthy webhooks while 5 of 10 hang, p50, ms',
    scenario: 'isolation',
    subject: '5 of 10 webhooks at 100 events/s: the others hang',
    measure: 'p50',
    aim: '',
    outpost: '21,000',
    svix: '4,100',
    convoy: '25,000',
  },
  {
    title: 'healthy p99, 5 of 10 hang / none hangs',
    scenario: 'isolation',
    subject: '5 of 10 webhooks',
    measure: 'p99 of the healthy, the others hang / answer',
    aim: '≤ 1.5',
  },
  {
    title: 'healthy p99, 500 hang / none hangs, all get all',
    scenario: 'isolation-many',
    subject: '5 of 505 webhooks',
    measure: 'p99 of the healthy, the others hang / answer',
    aim: '≤ 1.5',
  },
  {
    title: 'healthy p99, 500 hang / none hangs, events of their own',
    scenario: 'isolation-many',
    subject: '5 webhooks at 100',
    measure: 'p99 of the healthy, the others hang / answer',
    aim: '≤ 1.5',
  },
  {
    title: 'fresh events, p99 with / without 100,000 pending of another webhook',
    scenario: 'isolation-backlog',
    subject: 'fresh events',
    measure: 'p99 with',
    aim: 'about 1',
  },
  {
    title: 'from readiness to the last delivery recovered after `kill -9`, s',
    scenario: 'recovery',
    subject: 'kill -9',
    measure: 'from readiness',
    aim: '< 5',
    outpost: '5.8',
    svix: '45',
    convoy: '106',
  },
  {
    title: 'service resident with 1,000,000 pending, at most, MiB',
    scenario: 'memory',
    subject: '1,000,000 pending',
    measure: 'resident: service, at most',
    aim: '< 300',
  },
  {
    title: 'idle service with its embedded Neo4j, ready after, s',
    scenario: 'idle',
    subject: 'idle',
    measure: 'from the start to readiness',
    aim: '< 15',
  },
  {
    title: 'idle service resident, MiB',
    scenario: 'idle',
    subject: 'idle',
    measure: 'resident: service',
    aim: '< 200',
  },
].map((comparison) => ({ ...NONE, ...comparison }));
