import type { GaugeName } from '../common/metrics/delivery-metrics.js';

/** What each gauge says. */
export const GAUGES = {
  in_flight: 'Requests to receivers that are under way',
  held: 'Deliveries held in memory',
  backlog: 'Deliveries that are not finished, in memory and in the graph',
  feed_clients: 'Clients that watch the feed of this instance',
  open_breakers: 'Webhooks that this instance sends nothing but probes, because they fail',
  oldest_due_seconds: 'For how long the delivery that waits the longest has been due; 0 = none is',
  outbox_waiting: 'Rows of the outbox that wait to become events',
  outbox_oldest_seconds: 'For how long the oldest change in the outbox has waited; 0 = none does',
  capture_gap_seconds: 'For how long it has been known that changes of the graph were missed; 0 = none were',
  neo4j_up: 'Whether Neo4j answers: 1 or 0',
  instances: 'Instances that share this Neo4j, this one included',
} as const satisfies Record<GaugeName, string>;
