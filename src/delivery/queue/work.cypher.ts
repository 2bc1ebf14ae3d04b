import { countIn } from '../../neo4j/count-in.js';
import { COUNTER } from './instance.cypher.js';

const HELD = `delivery {
  .id, .webhook_id, .event_id, .event, .project_id, .created_at, .attempts, .attempt_base, .single, .generation, .claimed_by, .next_attempt_at,
  element: elementId(delivery)
}`;

/** What the length of a body is taken for when its event cannot tell. */
const UNKNOWN_BYTES = 1024 * 1024;

const FINISHED = `['success', 'failed']`;

/** Whether the queue leads to it: a time that is no RFC 3339 text would never come. */
const IN_QUEUE = `coalesce(delivery.queue = delivery.webhook_id
  AND delivery.next_attempt_at >= '0' AND delivery.next_attempt_at < ':', false)`;

/** Where an interrupted delivery goes on. The lost attempt is not counted: nobody knows whether it was made. */
const WAITING = `CASE WHEN delivery.attempts > 0 THEN 'retrying' ELSE 'pending' END`;

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
  head([(delivery)<-[:TRIGGERED]-(event) |
    coalesce(toIntegerOrNull(event.body_bytes), size(toStringOrNull(event.body)))]), ${UNKNOWN_BYTES}
) AS bytes, elementId(delivery) AS element
`;

/**
 * Claims what was found due. The lock comes first (REMOVE changes nothing, see RELEASE_CLAIMS), then the state is
 * checked: what another instance has claimed meanwhile, or put back for later, is left alone. Only a registered instance
 * claims: what one that was taken for dead, or has left, asks for late stays in the queue. The bodies come as rows
 * of their own, once for each event, and only those that the caller does not hold.
 */
export const CLAIM = `
MATCH (self:WebhookInstance {id: $instance}) WHERE self.dead IS NULL
UNWIND $claims AS claim
MATCH (delivery:WebhookDelivery {id: claim.id})
REMOVE delivery.purge_at
WITH claim, delivery WHERE delivery.queue IS NOT NULL AND delivery.next_attempt_at <= $now
REMOVE delivery.queue
WITH claim, delivery WHERE delivery.claimed_by IS NULL AND NOT coalesce(delivery.status, '') IN ${FINISHED}
SET delivery.claimed_by = $instance, delivery.status = 'sending'
WITH collect(delivery) AS claimed, collect(DISTINCT CASE WHEN claim.read THEN delivery.event_id END) AS unread
CALL (claimed, unread) {
  UNWIND claimed AS delivery
  RETURN ${HELD} AS delivery, null AS event
  UNION ALL
  UNWIND unread AS id
  MATCH (event:WebhookEvent {id: id})
  RETURN null AS delivery, event {.id, .body, .traceparent} AS event
}
RETURN delivery, event
`;

/**
 * Locks, then decides; a failed delivery leaves the finished ones and their counts. Locks are taken in the order in
 * which outcomes take them: counter, delivery, tally. Repeated after a lost answer it finds its own claim again: $claim
 * is stored by this call only. `alive`: see CLAIM.
 */
export const CLAIM_FOR_RETRY = `
${COUNTER}
WITH counter
MATCH (delivery:WebhookDelivery {id: $id})
REMOVE delivery.purge_at
WITH counter, delivery, delivery.status AS status,
  coalesce(delivery.retried_by = $claim AND delivery.claimed_by = $instance, false) AS own,
  EXISTS { (self:WebhookInstance {id: $instance}) WHERE self.dead IS NULL } AS alive
CALL (counter, delivery, status, own, alive) {
  WITH counter, delivery, status
  WHERE alive AND (own OR status IN ['failed', 'retrying'] AND delivery.claimed_by IS NULL)
  OPTIONAL MATCH (event:WebhookEvent {id: delivery.event_id})
  OPTIONAL MATCH (webhook:Webhook {id: delivery.webhook_id})
  REMOVE delivery.queue, delivery.single
  SET delivery.claimed_by = $instance, delivery.retried_by = $claim, delivery.status = 'sending',
    delivery.generation = webhook.generation,
    delivery.attempt_base = delivery.attempts
  WITH counter, delivery, event, CASE status WHEN 'failed' THEN 1 ELSE 0 END AS failed
  OPTIONAL MATCH (tally:WebhookTally {id: delivery.webhook_id})
  SET tally.failures = ${countIn('tally.failures')} - failed, tally.kept = ${countIn('tally.kept')} - failed
  SET counter.failures = ${countIn('counter.failures')} - failed
  RETURN collect(${HELD}) AS claimed, collect(event {.body, .traceparent}) AS events
}
RETURN alive, claimed, events
`;

/**
 * Ends what waits or is claimed by this instance and whose record cannot be read: it must not come back for ever. What is
 * missing of its counts is mended, so that the log shows it. It is found by element: the id itself may be what is missing.
 * Counts and their locks as in CLAIM_FOR_RETRY.
 */
export const END_UNREADABLE = `
${COUNTER}
WITH counter
UNWIND $unreadable AS item
MATCH (delivery:WebhookDelivery) WHERE elementId(delivery) = item[0]
REMOVE delivery.purge_at
WITH counter, delivery, item
WHERE delivery.claimed_by = $instance OR delivery.claimed_by IS NULL AND delivery.queue IS NOT NULL
SET delivery.status = 'failed', delivery.queue = null, delivery.claimed_by = null, delivery.next_attempt_at = null,
  delivery.error_message = item[1],
  delivery.attempts = COUNT { (delivery)-[:HAS_ATTEMPT]->() }, delivery.attempt_base = 0
WITH counter, delivery.webhook_id AS webhook_id, count(delivery) AS failures ORDER BY webhook_id
OPTIONAL MATCH (tally:WebhookTally {id: webhook_id})
SET tally.failures = ${countIn('tally.failures')} + failures, tally.kept = ${countIn('tally.kept')} + failures
WITH counter, sum(failures) AS failures
SET counter.failures = ${countIn('counter.failures')} + failures
RETURN failures
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
MATCH (webhook:DeletedWebhook) WHERE webhook.id >= ''
RETURN webhook.id AS id
`;

export const PAUSES = `
MATCH (tally:WebhookTally) WHERE tally.paused_until > $now
RETURN tally.id AS id, tally.paused_until AS until, coalesce(tally.asked_since, $now) AS since
`;

export const END_PAUSE = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.paused_until, tally.asked_since
`;

/** Also of a record that somebody has spoiled: it is given back like the others, and ends when it is claimed again. */
const ATTEMPTS = `coalesce(toIntegerOrNull(delivery.attempts), -1)`;

export const CLAIMED_BY = `
MATCH (delivery:WebhookDelivery {claimed_by: $instance})
RETURN delivery.id AS id, delivery.webhook_id AS webhook_id, ${ATTEMPTS} AS attempts
`;

/** REMOVE takes the lock, as in RELEASE_CLAIMS. */
export const RELEASE_DELIVERIES = `
UNWIND $claims AS claim
MATCH (delivery:WebhookDelivery {id: claim.id})
REMOVE delivery.purge_at
WITH delivery, claim WHERE delivery.claimed_by = $instance AND ${ATTEMPTS} = claim.attempts
SET delivery.queue = delivery.webhook_id, delivery.next_attempt_at = $now, delivery.claimed_by = null,
  delivery.status = ${WAITING}
RETURN count(delivery) AS released
`;

/** As RELEASE_DELIVERIES, but with the time at which they were due, and so in the order in which they were. */
export const GIVE_BACK = `
UNWIND $ids AS id
MATCH (delivery:WebhookDelivery {id: id})
REMOVE delivery.purge_at
WITH delivery WHERE delivery.claimed_by = $instance
SET delivery.queue = delivery.webhook_id, delivery.claimed_by = null,
  delivery.next_attempt_at = coalesce(delivery.next_attempt_at, $now),
  delivery.status = ${WAITING}
RETURN count(delivery) AS released
`;

/** Whatever may have deliveries, also when somebody took the webhook itself away. */
export const WEBHOOKS_WITH_WORK = `
MATCH (node:Webhook|DeletedWebhook|WebhookTally) WHERE node.id >= ''
RETURN DISTINCT node.id AS id ORDER BY id
`;

/**
 * Unfinished deliveries that neither wait in the queue nor are claimed: nobody would ever look for them. Of each webhook
 * and state at most $limit after the id $after, along the index on (webhook_id, status, id), so finished ones cost
 * nothing.
 */
export const FIND_STRAYS = `
UNWIND $webhooks AS webhook_id
UNWIND $statuses AS status
CALL (webhook_id, status) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = webhook_id AND delivery.status = status AND delivery.id > $after
  WITH delivery ORDER BY delivery.webhook_id, delivery.status, delivery.id LIMIT $limit
  RETURN count(delivery) AS looked, max(delivery.id) AS last,
    collect(CASE WHEN delivery.claimed_by IS NULL AND NOT ${IN_QUEUE} THEN delivery.id END) AS strays
}
WITH webhook_id, status, looked, last, strays WHERE looked = $limit OR size(strays) > 0
RETURN webhook_id, status, looked = $limit AS more, last, strays
`;

/** Looked at again under the lock: a claim that went back between two reads of one record looks like a stray. */
export const REQUEUE_STRAYS = `
UNWIND $ids AS id
MATCH (delivery:WebhookDelivery {id: id})
REMOVE delivery.purge_at
WITH delivery
WHERE delivery.claimed_by IS NULL AND NOT coalesce(delivery.status, '') IN ${FINISHED} AND NOT ${IN_QUEUE}
SET delivery.queue = delivery.webhook_id, delivery.status = ${WAITING},
  delivery.next_attempt_at = CASE
    WHEN delivery.next_attempt_at >= '0' AND delivery.next_attempt_at < ':' THEN delivery.next_attempt_at
    ELSE $now END
RETURN delivery.id AS id, delivery.webhook_id AS webhook_id
`;
