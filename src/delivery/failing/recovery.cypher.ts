import { COUNTER } from '../instances/instance.cypher.js';

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
    AND delivery.single IS NULL
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
 * each other. Repeated after a lost answer it takes the next batch.
 */
export const REQUEUE_FAILED = `
${COUNTER}
REMOVE counter.purge_at
WITH counter
CALL () {${LOST}}
WITH counter, collect(delivery) AS found, max(delivery.id) AS last
CALL (found) {
  UNWIND found AS delivery
  SET delivery.retried_by = $instance
  WITH delivery WHERE delivery.status = 'failed' AND delivery.claimed_by IS NULL
  SET delivery.status = 'pending', delivery.queue = delivery.webhook_id,
    delivery.next_attempt_at = delivery.created_at, delivery.attempt_base = delivery.attempts
  RETURN count(delivery) AS requeued
}
CALL (requeued) {
  OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
  SET tally.failures = tally.failures - requeued, tally.kept = tally.kept - requeued
  RETURN count(tally) AS corrected
}
SET counter.failures = counter.failures - requeued
RETURN requeued, last
`;
