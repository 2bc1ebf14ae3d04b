import { COUNTER } from '../../delivery/queue/instance.cypher.js';

/** Webhooks that were switched off or deleted, and of which something may still wait: one small node for each webhook. */
export const ENDING_BACKLOGS = `
MATCH (tally:WebhookTally)
WHERE tally.ending IS NOT NULL
RETURN tally.id AS id, tally.ending AS generation, EXISTS { (:DeletedWebhook {id: tally.id}) } AS deleted
`;

/**
 * What waits from before its webhook was switched off ends as failed, whatever its time; one batch along the queue,
 * from $after on. Only an earlier generation: when the webhook is on again, its new deliveries wait in the same queue.
 * REMOVE locks before the state is checked, as everywhere; locks are taken in the order in which outcomes take them.
 * A repetition finds the next batch. `lost_since` makes a recovery take them, unless the webhook is deleted.
 */
export const END_WAITING = `
${COUNTER}
REMOVE counter.purge_at
WITH counter
CALL () {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(queue, next_attempt_at)
  WHERE delivery.queue = $webhook_id AND delivery.next_attempt_at >= $after
    AND coalesce(delivery.generation, 0) < $generation
  RETURN delivery ORDER BY delivery.queue, delivery.next_attempt_at LIMIT $limit
}
WITH counter, collect(delivery) AS found, max(delivery.next_attempt_at) AS last
CALL (found) {
  UNWIND found AS delivery
  REMOVE delivery.purge_at
  WITH delivery WHERE delivery.queue = $webhook_id AND delivery.claimed_by IS NULL
    AND coalesce(delivery.generation, 0) < $generation
  SET delivery.status = 'failed', delivery.queue = null, delivery.next_attempt_at = null,
    delivery.error_message = $reason, delivery.error_code = null
  RETURN count(delivery) AS ended, min(CASE WHEN delivery.single IS NULL THEN delivery.created_at END) AS lost_from
}
CALL (ended, lost_from) {
  OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
  SET tally.failures = tally.failures + ended, tally.kept = tally.kept + ended
  FOREACH (losing IN CASE WHEN lost_from IS NOT NULL AND NOT $deleted THEN [tally] ELSE [] END |
    SET losing.lost_since =
      CASE WHEN losing.lost_since <= lost_from THEN losing.lost_since ELSE lost_from END
  )
  RETURN count(tally) AS counted
}
SET counter.failures = counter.failures + ended
RETURN ended, last
`;

/** Nothing waits any more, unless it was switched off once more. */
export const BACKLOG_ENDED = `
MATCH (tally:WebhookTally {id: $webhook_id})
REMOVE tally.lock
WITH tally WHERE tally.ending = $generation
REMOVE tally.ending
`;
