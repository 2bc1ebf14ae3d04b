import { COUNTER } from '../instances/instance.cypher.js';

const HELD = `delivery {
  .id, .webhook_id, .event_id, .event, .attempts, .attempt_base, .single, .claimed_by
}`;

/** What the length of a body is taken for when its event cannot tell. */
const UNKNOWN_BYTES = 1024 * 1024;

/**
 * Due work and how large it is, a seek in the index on (queue, next_attempt_at) for each webhook; no body is read but
 * of events from before their length was stored.
 */
export const DUE = `
UNWIND $demands AS demand
CALL (demand) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(queue, next_attempt_at)
  WHERE delivery.queue = demand.webhook_id AND delivery.next_attempt_at <= $now
  WITH demand, delivery ORDER BY delivery.queue, delivery.next_attempt_at LIMIT $most
  WITH demand, collect(delivery) AS due
  UNWIND due[..demand.count] AS delivery
  RETURN delivery
}
RETURN delivery.id AS id, demand.webhook_id AS webhook_id, delivery.event_id AS event_id, coalesce(
  head([(delivery)<-[:TRIGGERED]-(event) | coalesce(event.body_bytes, size(event.body))]), ${UNKNOWN_BYTES}
) AS bytes
`;

/**
 * Claims what was found due. The lock comes first (REMOVE changes nothing, see RELEASE_CLAIMS), then the state is
 * checked: what another instance has claimed meanwhile, or put back for later, is left alone. The bodies come as rows
 * of their own, once for each event, and only those that the caller does not hold.
 */
export const CLAIM = `
UNWIND $claims AS claim
MATCH (delivery:WebhookDelivery {id: claim.id})
REMOVE delivery.purge_at
WITH claim, delivery WHERE delivery.queue IS NOT NULL AND delivery.next_attempt_at <= $now
REMOVE delivery.queue
WITH claim, delivery WHERE delivery.claimed_by IS NULL AND delivery.status IN ['pending', 'retrying']
SET delivery.claimed_by = $instance, delivery.status = 'sending'
WITH collect(delivery) AS claimed, collect(DISTINCT CASE WHEN claim.read THEN delivery.event_id END) AS unread
CALL (claimed, unread) {
  UNWIND claimed AS delivery
  RETURN ${HELD} AS delivery, null AS event
  UNION ALL
  UNWIND unread AS id
  MATCH (event:WebhookEvent {id: id})
  RETURN null AS delivery, event {.id, .body} AS event
}
RETURN delivery, event
`;

/**
 * Locks, then decides; a failed delivery leaves the finished ones and their counts. Locks are taken in the order in
 * which outcomes take them: counter, delivery, tally. Repeated after a lost answer it finds its own claim again: $claim
 * is stored by this call only.
 */
export const CLAIM_FOR_RETRY = `
${COUNTER}
REMOVE counter.purge_at
WITH counter
MATCH (delivery:WebhookDelivery {id: $id})
WITH counter, delivery, coalesce(delivery.retried_by = $claim, false) AS repeated
SET delivery.retried_by = $claim
WITH counter, delivery, delivery.status AS status, repeated AND delivery.claimed_by = $instance AS own
CALL (counter, delivery, status, own) {
  WITH counter, delivery, status WHERE own OR status IN ['failed', 'retrying'] AND delivery.claimed_by IS NULL
  MATCH (event:WebhookEvent {id: delivery.event_id})
  REMOVE delivery.queue, delivery.single
  SET delivery.claimed_by = $instance, delivery.status = 'sending', delivery.attempt_base = delivery.attempts
  WITH counter, delivery, event, CASE status WHEN 'failed' THEN 1 ELSE 0 END AS failed
  OPTIONAL MATCH (tally:WebhookTally {id: delivery.webhook_id})
  SET tally.failures = tally.failures - failed, tally.kept = tally.kept - failed
  SET counter.failures = counter.failures - failed
  RETURN collect(${HELD}) AS claimed, collect(event.body) AS bodies
}
RETURN claimed, bodies
`;

/** One entry of the index for each webhook. */
export const NEXT_DUE = `
UNWIND $webhooks AS webhook_id
CALL (webhook_id) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(queue, next_attempt_at)
  WHERE delivery.queue = webhook_id AND delivery.next_attempt_at >= ''
  RETURN delivery.next_attempt_at AS due ORDER BY delivery.queue, delivery.next_attempt_at LIMIT 1
}
RETURN webhook_id, due
`;

export const DELETED_WEBHOOKS = `
MATCH (webhook:DeletedWebhook)
RETURN webhook.id AS id
`;

export const CLAIMED_BY = `
MATCH (delivery:WebhookDelivery {claimed_by: $instance})
RETURN delivery.id AS id, delivery.webhook_id AS webhook_id, delivery.attempts AS attempts
`;

/** REMOVE takes the lock, as in RELEASE_CLAIMS. */
export const RELEASE_DELIVERIES = `
UNWIND $claims AS claim
MATCH (delivery:WebhookDelivery {id: claim.id})
REMOVE delivery.purge_at
WITH delivery WHERE delivery.claimed_by = $instance AND delivery.attempts = claim.attempts
SET delivery.queue = delivery.webhook_id, delivery.next_attempt_at = $now, delivery.claimed_by = null,
  delivery.status = CASE WHEN delivery.attempts > delivery.attempt_base THEN 'retrying' ELSE 'pending' END
RETURN count(delivery) AS released
`;

/** As RELEASE_DELIVERIES, but with the time at which they were due, and so in the order in which they were. */
export const GIVE_BACK = `
UNWIND $ids AS id
MATCH (delivery:WebhookDelivery {id: id})
REMOVE delivery.queue
WITH delivery WHERE delivery.claimed_by = $instance
SET delivery.queue = delivery.webhook_id, delivery.claimed_by = null,
  delivery.next_attempt_at = coalesce(delivery.next_attempt_at, $now),
  delivery.status = CASE WHEN delivery.attempts > delivery.attempt_base THEN 'retrying' ELSE 'pending' END
RETURN count(delivery) AS released
`;
