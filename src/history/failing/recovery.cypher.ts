import { COUNTER } from '../../delivery/queue/instance.cypher.js';
import { countIn } from '../../neo4j/count-in.js';

/** The outage is taken up: what is lost from now on is another one. Answers from when the last one lost deliveries. */
export const BEGIN_RECOVERY = `
MATCH (tally:WebhookTally {id: $id})
SET tally.lost_before = coalesce(tally.lost_since, tally.lost_before)
REMOVE tally.lost_since
RETURN tally.lost_before AS since
`;

export const END_RECOVERY = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.purge_at
WITH tally WHERE tally.lost_before = $since
REMOVE tally.lost_before
`;

/** What a recovery takes, along the index on (webhook_id, status, id); tests are left out. */
const LOST = `
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $webhook_id AND delivery.status = 'failed' AND delivery.id > $after
    AND delivery.single IS NULL AND (NOT $by_itself OR delivery.recovery = 'due')
    AND ($since IS NULL OR delivery.created_at >= $since)
    AND ($until IS NULL OR delivery.created_at < $until)
  RETURN delivery ORDER BY delivery.webhook_id, delivery.status, delivery.id LIMIT $limit
`;

/** From when a recovery would begin that is given no time. */
export const LOST_SINCE = `
MATCH (tally:WebhookTally {id: $id})
RETURN coalesce(tally.lost_since, tally.lost_before) AS since
`;

/** One batch of what a recovery would take. */
export const COUNT_LOST = `
CALL () {${LOST}}
RETURN count(delivery) AS count, max(delivery.id) AS last
`;

/**
 * Failed deliveries go back to the queue with a fresh retry schedule, in the order of their creation, one batch at a
 * time. `retried_by` locks before the state is checked, and counts are corrected as in CLAIM_FOR_RETRY. Locks are
 * taken in the order in which outcomes take them, counter, deliveries, tally: the other way round the two stopped
 * each other. By itself a delivery is queued again once (`recovery`: due, then done). Repeated after a lost answer it takes the next batch.
 */
export const REQUEUE_FAILED = `
${COUNTER}
WITH counter
MATCH (webhook:Webhook {id: $webhook_id})
CALL () {${LOST}}
WITH counter, webhook.generation AS generation, collect(delivery) AS found, max(delivery.id) AS last
CALL (found, generation) {
  UNWIND found AS delivery
  SET delivery.retried_by = $instance
  WITH delivery WHERE delivery.status = 'failed' AND delivery.claimed_by IS NULL
    AND (NOT $by_itself OR delivery.recovery = 'due')
  SET delivery.recovery = CASE WHEN $by_itself THEN 'done' END, delivery.status = 'pending',
    delivery.queue = delivery.webhook_id,
    delivery.next_attempt_at = delivery.created_at, delivery.attempt_base = delivery.attempts,
    delivery.generation = generation
  RETURN count(delivery) AS requeued
}
CALL (requeued) {
  OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
  SET tally.failures = ${countIn('tally.failures')} - requeued, tally.kept = ${countIn('tally.kept')} - requeued
  RETURN count(tally) AS corrected
}
SET counter.failures = ${countIn('counter.failures')} - requeued
RETURN requeued, last
`;

/** Webhooks of which deliveries failed in an outage that is over, or lasts: one small node is read for each webhook. */
export const OUTAGES = `
MATCH (tally:WebhookTally)
WHERE tally.requeue_since IS NOT NULL OR tally.requeuing_since IS NOT NULL
MATCH (webhook:Webhook {id: tally.id}) WHERE webhook.active = true
RETURN webhook.id AS id, tally.failing_since AS failing_since
`;

/**
 * The outage is over: what failed in it is taken up, together with what a former instance had taken up. $call tells
 * whose work it is now.
 */
export const TAKE_UP_OUTAGE = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.lock
WITH tally, coalesce(tally.requeue_since, tally.requeuing_since) AS since
WHERE tally.failing_since IS NULL AND since IS NOT NULL
SET tally.requeuing_since =
    CASE WHEN tally.requeuing_since <= since THEN tally.requeuing_since ELSE since END,
  tally.requeued_by = $call
REMOVE tally.requeue_since
RETURN tally.requeuing_since AS since
`;

/** All of it is queued again. What is still failed, being too old or not wanted, stays missed. */
export const END_OUTAGE = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.lock
WITH tally WHERE tally.requeued_by = $call
REMOVE tally.requeuing_since, tally.requeued_by
WITH tally WHERE tally.lost_before IS NOT NULL AND NOT EXISTS {
  MATCH (delivery:WebhookDelivery)
  WHERE delivery.webhook_id = $id AND delivery.status = 'failed' AND delivery.id >= ''
    AND delivery.single IS NULL AND delivery.created_at >= tally.lost_before
}
REMOVE tally.lost_before
`;

/**
 * While the outage lasts and nothing else waits, the oldest failed delivery is tried once more: with `attempt_base` at
 * the end of its schedule, so that it fails again after one attempt. Two instances pick the same one, and only the
 * first finds it failed.
 */
export const PROBE_OUTAGE = `
${COUNTER}
WITH counter
MATCH (webhook:Webhook {id: $webhook_id})
WHERE webhook.active = true AND NOT EXISTS {
  MATCH (waiting:WebhookDelivery)
  WHERE waiting.queue = $webhook_id AND waiting.next_attempt_at >= ''
}
CALL () {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $webhook_id AND delivery.status = 'failed' AND delivery.id > $after
    AND delivery.recovery = 'due' AND delivery.created_at >= $since
  RETURN delivery ORDER BY delivery.webhook_id, delivery.status, delivery.id LIMIT 1
}
SET delivery.retried_by = $instance
WITH counter, webhook, delivery
WHERE delivery.status = 'failed' AND delivery.claimed_by IS NULL AND delivery.recovery = 'due'
  AND delivery.last_attempt_at <= $tried_before
SET delivery.status = 'pending', delivery.queue = $webhook_id, delivery.next_attempt_at = $now,
  delivery.generation = webhook.generation, delivery.attempt_base = delivery.attempts - webhook.max_retries
WITH counter
OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
SET tally.failures = ${countIn('tally.failures')} - 1, tally.kept = ${countIn('tally.kept')} - 1
SET counter.failures = ${countIn('counter.failures')} - 1
RETURN count(*) AS probes
`;
