import type { Graph } from '../support/graph.js';
import type { ReceivedRequest } from '../support/receiver.js';
import type { Emitted } from './callers.js';

/** Deliveries that are not what a finished delivery is: a whole log, no claim, no place in the queue. */
const FLAWED = `
MATCH (delivery:WebhookDelivery)
OPTIONAL MATCH (delivery)-[:HAS_ATTEMPT]->(attempt:WebhookAttempt)
WITH delivery, attempt ORDER BY attempt.number
WITH delivery, collect(attempt.number) AS numbers
WHERE NOT delivery.status IN ['success', 'failed'] OR delivery.claimed_by IS NOT NULL OR delivery.queue IS NOT NULL
  OR numbers <> CASE delivery.attempts WHEN 0 THEN [] ELSE range(1, delivery.attempts) END
RETURN delivery.id AS id, delivery.status AS status, delivery.attempts AS attempts, numbers LIMIT 20
`;

/** What the log adds up to. */
const LOG = `
MATCH (event:WebhookEvent)
WITH count(event) AS events
OPTIONAL MATCH (delivery:WebhookDelivery)
RETURN events, count(delivery) AS deliveries, count(CASE delivery.status WHEN 'success' THEN 1 END) AS successes,
  count(CASE delivery.status WHEN 'failed' THEN 1 END) AS failures,
  count(CASE WHEN delivery.attempts > 1 THEN 1 END) AS retried
`;

const COUNTERS = `
MATCH (counter:WebhookCounter)
RETURN sum(counter.events) AS events, sum(counter.deliveries) AS deliveries, sum(counter.successes) AS successes,
  sum(counter.failures) AS failures, sum(counter.retried) AS retried
`;

/** Webhooks whose counts are not those of their deliveries. */
const MISCOUNTED = `
MATCH (webhook:Webhook)
MATCH (tally:WebhookTally {id: webhook.id})
OPTIONAL MATCH (webhook)-[:HAS_DELIVERY]->(delivery:WebhookDelivery)
WITH webhook, tally, count(delivery) AS deliveries,
  count(CASE delivery.status WHEN 'success' THEN 1 END) AS successes,
  count(CASE delivery.status WHEN 'failed' THEN 1 END) AS failures
WHERE webhook.delivery_count <> deliveries OR tally.successes <> successes OR tally.failures <> failures
  OR tally.kept <> successes + failures
RETURN webhook.name AS name, webhook.delivery_count AS counted, deliveries, tally.successes AS counted_successes,
  successes, tally.failures AS counted_failures, failures
`;

const UNFINISHED = `
MATCH (delivery:WebhookDelivery) WHERE NOT delivery.status IN ['success', 'failed']
RETURN count(delivery)
`;

/** Deliveries that are not finished yet. */
export async function unfinished(graph: Graph): Promise<number> {
  return graph.value<number>(UNFINISHED);
}

/** Fails when the log has a gap, an attempt twice, a claim left over, or counts that it does not bear out. */
export async function expectSoundLog(graph: Graph): Promise<void> {
  expect(await graph.run(FLAWED)).toEqual([]);
  expect(await graph.run(MISCOUNTED)).toEqual([]);
  expect(await graph.run(COUNTERS)).toEqual(await graph.run(LOG));
}

/** A request that came more than once: the same attempt of the same delivery. */
export interface Repeat {
  readonly key: string;
  readonly requests: readonly ReceivedRequest[];
}

/** The same attempt number of a delivery is never sent twice, unless nobody could know of the first time. */
export function repeatsAmong(requests: readonly ReceivedRequest[]): Repeat[] {
  const byAttempt = new Map<string, ReceivedRequest[]>();
  for (const request of requests) {
    const { 'x-webhook-delivery': delivery, 'x-webhook-attempt': attempt } = request.headers;
    const key = `${String(delivery)}:${String(attempt)}`;
    byAttempt.set(key, [...(byAttempt.get(key) ?? []), request]);
  }
  return [...byAttempt].filter(([, all]) => all.length > 1).map(([key, all]) => ({ key, requests: all }));
}

/** Delivery ids that were promised and not delivered. */
export function lostAmong(accepted: readonly Emitted[], delivered: ReadonlySet<string>): string[] {
  return accepted.flatMap(({ deliveryIds }) => deliveryIds).filter((id) => !delivered.has(id));
}

/** Numbers of events that went out under more than one event id: one acceptance became two events. */
export function doubledAmong(requests: readonly ReceivedRequest[]): number[] {
  const ids = new Map<number, Set<unknown>>();
  for (const { json, headers } of requests) {
    const n = json.data.n as number;
    ids.set(n, (ids.get(n) ?? new Set()).add(headers['webhook-id']));
  }
  return [...ids].filter(([, events]) => events.size > 1).map(([n]) => n);
}
