import { countIn } from '../../neo4j/count-in.js';

/** Webhooks with more finished deliveries than may be kept, those with the most first, and from when they miss some. */
export const OVERFULL = `
MATCH (tally:WebhookTally) WHERE tally.id >= '' AND tally.kept > $cap AND NOT tally.id IN $except
RETURN tally.id AS id, toIntegerOrNull(tally.kept) - $cap AS excess,
  coalesce(tally.lost_since, tally.lost_before) AS missed_since, tally.requeue_since AS requeue_since
ORDER BY excess DESC LIMIT $limit
`;

/** Failed deliveries that must not go yet, counted up to $limit along the index, without a look at one of them. */
export const COUNT_MISSED = `
MATCH (delivery:WebhookDelivery)
USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
WHERE delivery.webhook_id = $webhook_id AND delivery.status = 'failed' AND delivery.id >= $missed_from
WITH delivery LIMIT $limit
RETURN count(delivery) AS missed
`;

/**
 * The oldest of each finished status, from the index on (webhook_id, status, id), of the failed ones only those before
 * $missed_from. Ids are time-ordered (UUIDv7), and no id is above '~'.
 */
const OLDEST = `
UNWIND [{status: 'success', before: '~'}, {status: 'failed', before: $missed_from}] AS part
CALL (part) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $webhook_id AND delivery.status = part.status
    AND delivery.id >= '' AND delivery.id < part.before
  RETURN delivery ORDER BY delivery.webhook_id, delivery.status, delivery.id LIMIT $limit
}
`;

/**
 * Locks deliveries and removes those that are finished, with their attempts. An event whose last delivery goes is marked
 * with the time from which it may go, too: at once, unless a caller's id or key must be remembered for longer.
 */
const REMOVE = `
SET delivery.evicting = true
WITH delivery WHERE delivery.status IN ['success', 'failed'] AND delivery.claimed_by IS NULL
OPTIONAL MATCH (delivery)-[:HAS_ATTEMPT]->(attempt:WebhookAttempt)
WITH delivery, CASE delivery.status WHEN 'success' THEN 1 ELSE 0 END AS success, collect(attempt) AS attempts
OPTIONAL MATCH (event:WebhookEvent {id: delivery.event_id})
FOREACH (attempt IN attempts | DETACH DELETE attempt)
DETACH DELETE delivery
WITH event, count(*) AS gone, sum(success) AS succeeded
WITH collect(event) AS events, sum(gone) AS evicted, sum(succeeded) AS successes
CALL (events) {
  UNWIND events AS event
  WITH event WHERE NOT EXISTS { (event)-[:TRIGGERED]->(:WebhookDelivery) }
  SET event.purge_at = coalesce(event.keep_until, event.created_at)
  RETURN count(event) AS emptied
}
CALL (evicted, successes) {
  OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
  SET tally.kept = ${countIn('tally.kept')} - evicted,
    tally.kept_successes = ${countIn('tally.kept_successes')} - successes
  RETURN count(tally) AS counted
}
RETURN evicted
`;

/** The oldest of both statuses. */
export const EVICT_OLDEST = `
${OLDEST}
WITH delivery ORDER BY delivery.id LIMIT $limit
${REMOVE}
`;

/** Of the oldest by id, those that are old enough. */
export const EVICT_BEFORE = `
${OLDEST}
WITH delivery WHERE delivery.created_at < $before
${REMOVE}
`;

/** Served by the index on purge_at, which only events without deliveries have. */
export const PURGE_EVENTS = `
MATCH (event:WebhookEvent) WHERE event.purge_at <= $now
WITH event LIMIT $limit
SET event.purging = true
WITH event WHERE NOT EXISTS { (event)-[:TRIGGERED]->(:WebhookDelivery) }
DETACH DELETE event
RETURN count(*) AS purged
`;

export const FORGETTABLE = `
MATCH (webhook:DeletedWebhook) WHERE webhook.deleted_at < $before AND webhook.id >= ''
RETURN webhook.id AS id
`;

export const FORGET_DELETED = `
MATCH (webhook:DeletedWebhook {id: $webhook_id})
WHERE NOT EXISTS { (webhook)-[:HAS_DELIVERY]->(:WebhookDelivery) }
OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
DETACH DELETE webhook, tally
`;

/** Deliveries and attempts first: a webhook with a million edges could not go in one transaction. */
export const CLEAR_BATCH = `
CALL () {
  MATCH (node:WebhookAttempt) RETURN node LIMIT $limit
  UNION ALL
  MATCH (node:WebhookDelivery) RETURN node LIMIT $limit
  UNION ALL
  MATCH (node:WebhookEvent) RETURN node LIMIT $limit
  UNION ALL
  MATCH (node:WebhookActivity) RETURN node LIMIT $limit
}
WITH node LIMIT $limit
DETACH DELETE node
RETURN count(*) AS removed
`;

/** The rest, once no deliveries are left: few nodes. */
export const CLEAR_WEBHOOKS = `
MATCH (registry:WebhookRegistry {id: 'registry'})
SET registry.version = coalesce(toIntegerOrNull(registry.version), 0) + 1
SET registry.cleared_at = registry.version
WITH registry
CALL () {
  MATCH (webhook:Webhook|DeletedWebhook)
  WHERE NOT EXISTS { (webhook)-[:HAS_DELIVERY]->(:WebhookDelivery) }
  OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})
  DETACH DELETE webhook, tally
  RETURN count(*) AS webhooks
}
MATCH (counter:WebhookCounter)
SET counter.events = 0, counter.deliveries = 0, counter.successes = 0, counter.failures = 0, counter.retried = 0
RETURN webhooks, count(counter) AS counters
`;
