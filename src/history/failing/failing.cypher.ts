import { COUNTER } from '../../delivery/queue/instance.cypher.js';
import { countIn } from '../../neo4j/count-in.js';

/**
 * Webhooks that fail, or of whose recovery nobody was told yet: the outcomes keep the tallies, so nothing is
 * counted here; one small node is read for each webhook.
 */
export const FAILING_WEBHOOKS = `
MATCH (tally:WebhookTally)
WHERE tally.failing_since IS NOT NULL OR tally.told_since IS NOT NULL
MATCH (webhook:Webhook {id: tally.id})
RETURN webhook.id AS id, webhook.name AS name, webhook.project_id AS project_id, webhook.active AS active,
  tally.failing_since AS failing_since, coalesce(toIntegerOrNull(tally.failed_attempts), 0) AS failed_attempts,
  coalesce(tally.blocked = true, false) AS blocked,
  coalesce(toIntegerOrNull(tally.failed_deliveries), 0) AS failed_deliveries, tally.told_since AS told_since,
  tally.told_at AS told_at
`;

export const MARK_FAILING_TOLD = `
MATCH (tally:WebhookTally {id: $id})
SET tally.told_since = $since, tally.told_at = $now
`;

export const MARK_RECOVERY_TOLD = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.purge_at
WITH tally WHERE tally.told_since = $since
REMOVE tally.told_since
`;

/** Served by the index on active: what is switched off is little. */
export const UNTOLD_DEACTIVATIONS = `
MATCH (webhook:Webhook {active: false})
WHERE webhook.disabled_told = false
RETURN webhook.id AS id, webhook.name AS name, webhook.project_id AS project_id,
  webhook.disabled_reason AS reason, webhook.disabled_cause AS cause, webhook.disabled_at AS at
`;

export const MARK_DEACTIVATION_TOLD = `
MATCH (webhook:Webhook {id: $id})
REMOVE webhook.purge_at
WITH webhook WHERE webhook.disabled_at = $at
REMOVE webhook.disabled_told
`;

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
  SET tally.failures = ${countIn('tally.failures')} + ended, tally.kept = ${countIn('tally.kept')} + ended
  FOREACH (losing IN CASE WHEN lost_from IS NOT NULL AND NOT $deleted THEN [tally] ELSE [] END |
    SET losing.lost_since =
      CASE WHEN losing.lost_since <= lost_from THEN losing.lost_since ELSE lost_from END
  )
  RETURN count(tally) AS counted
}
SET counter.failures = ${countIn('counter.failures')} + ended
RETURN ended, last
`;

/** Nothing waits any more, unless it was switched off once more. */
export const BACKLOG_ENDED = `
MATCH (tally:WebhookTally {id: $webhook_id})
REMOVE tally.lock
WITH tally WHERE tally.ending = $generation
REMOVE tally.ending
`;
