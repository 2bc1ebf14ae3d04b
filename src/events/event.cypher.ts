import { COUNTER } from '../delivery/queue/instance.cypher.js';

/** Within a transaction of the caller: the event is sent when that is committed, and never when it is rolled back. */
export const EMIT_EVENT = `
CREATE (row:WebhookOutbox)
SET row = $row, row.at = timestamp()
`;

/**
 * Whether a webhook that changed since the version $version, which its index finds, has to do with these events: it is
 * to get one of them, or it wants one. Its filter is not asked. What matches is what EndpointIndex matches; a list that
 * somebody has spoiled wants nothing.
 */
const CHANGED_FOR_THESE = `EXISTS {
    MATCH (changed:Webhook) WHERE changed.registry_version > $version
      AND (any(item IN $webhooks WHERE item[0] = changed.id)
        OR changed.active = true AND changed.events IS :: LIST<STRING NOT NULL> NOT NULL AND any(row IN $events WHERE
          (changed.project_id IS NULL OR changed.project_id = row[2]
            OR CASE WHEN changed.project_names IS :: LIST<STRING> THEN row[2] IN changed.project_names END)
          AND any(pattern IN changed.events WHERE pattern IN [row[1], '*']
            OR pattern ENDS WITH '.*' AND row[1] STARTS WITH left(pattern, size(pattern) - 1))))
  }`;

/**
 * Events, their deliveries and all edges in one statement: 10,000–20,000 events a second against 90 one by one.
 * The registry guards the match: a webhook that was created meanwhile is never missed, and one that these events do not
 * concern holds nothing up. $version null = the webhooks were read after the events had come, so whatever changed since
 * then is as good as simultaneous with them.
 * Only a registered instance claims, see CLAIM. The counter, which is this recorder's own, may be new; it is
 * locked before it is found to be there: raising one that an instance takes away at that moment would be lost
 * without a word. Webhooks are locked in the order of their ids, before any edge locks them in the order of the events,
 * and then must still be there. Rows come as lists, not as maps: the keys would be sent and read once for each row; what most
 * rows have not comes last, or in a list of its own, and is left out there: each value costs the driver a microsecond.
 */
const CHECKS = `
MATCH (registry:WebhookRegistry {id: 'registry'})
WHERE $version IS NULL OR registry.version = $version
  OR toIntegerOrNull(registry.version) > $version AND coalesce(registry.cleared_at, 0) <= $version
    AND NOT ${CHANGED_FOR_THESE}
MATCH (self:WebhookInstance {id: $instance}) WHERE self.dead IS NULL
WITH self
${COUNTER}
WITH counter
WHERE counter.id IS NOT NULL AND EXISTS { (self:WebhookInstance {id: $instance}) WHERE self.dead IS NULL }
CALL () {
  UNWIND $webhooks AS item
  MATCH (webhook:Webhook {id: item[0]})
  REMOVE webhook.purge_at
  WITH webhook WHERE webhook.deleted_at IS NULL
  RETURN count(webhook) AS present
}
WITH counter WHERE present = size($webhooks)
`;

const WRITES = `
CALL () {
  UNWIND $webhooks AS item
  MATCH (webhook:Webhook {id: item[0]})
  SET webhook.delivery_count = coalesce(toIntegerOrNull(webhook.delivery_count), 0) + item[1],
    webhook.last_triggered_at = $now
  RETURN count(webhook) AS touched
}
CALL () {
  UNWIND $events AS row
  CREATE (event:WebhookEvent {
    id: row[0], type: row[1], project_id: row[2], timestamp: row[3], body: row[4], created_at: row[5],
    body_bytes: row[8], traceparent: row[9][0], purge_at: row[9][1], idempotency_key: row[9][2],
    fingerprint: row[9][3], keep_until: row[9][4], delivery_ids: row[9][5], write_id: row[9][6]
  })
  WITH event, row
  UNWIND row[6] AS item
  MATCH (webhook:Webhook {id: item[1]})
  CREATE (webhook)-[:HAS_DELIVERY]->(delivery:WebhookDelivery {
    id: item[0], webhook_id: item[1], event_id: row[0], event: row[1], project_id: row[2],
    status: CASE WHEN item[2] THEN 'sending' ELSE 'pending' END, attempts: 0, attempt_base: 0, created_at: row[5],
    next_attempt_at: row[7], queue: CASE WHEN item[2] THEN null ELSE item[1] END,
    claimed_by: CASE WHEN item[2] THEN $instance END, single: item[3], generation: item[4]
  })<-[:TRIGGERED]-(event)
  RETURN count(delivery) AS created
}
SET counter.events = counter.events + $event_count, counter.deliveries = counter.deliveries + created
RETURN created
`;

export const APPEND_EVENTS = CHECKS + WRITES;

/**
 * As APPEND_EVENTS, and removes the rows of the outbox that the events come from: all of them, or nothing is written.
 * The relay's node is locked before they are looked for, so two instances never take one row. A repetition after a
 * lost answer finds no rows any more. What capture told of the graph is known from then on.
 */
const TAKE_ROWS = `
MATCH (relay:WebhookRegistry {id: 'relay'})
SET relay.taken_at = $now
WITH counter, relay
CALL () {
  UNWIND $rows AS item
  MATCH (row:WebhookOutbox) WHERE elementId(row) = item[0] AND coalesce(toStringOrNull(row.id), '') = item[1]
  RETURN collect(row) AS found
}
WITH counter, found WHERE size(found) = size($rows)
FOREACH (row IN found | DETACH DELETE row)
WITH counter
CALL () {
  UNWIND $known AS item
  MERGE (known:WebhookKnown {id: item[0]})
  SET known.facts = item[1]
  RETURN count(*) AS remembered
}
CALL () {
  UNWIND $gone AS id
  MATCH (known:WebhookKnown {id: id})
  DELETE known
  RETURN count(*) AS forgotten
}
WITH counter
`;

export const APPEND_FROM_OUTBOX = CHECKS + TAKE_ROWS + WRITES;

/** Of what somebody has spoiled only the id is left, so that it is known, and equal to nothing. */
export const FIND_KNOWN_EVENTS = `
CALL () {
  UNWIND $ids AS id
  MATCH (event:WebhookEvent {id: id})
  RETURN event
  UNION
  UNWIND $keys AS key
  MATCH (event:WebhookEvent {idempotency_key: key})
  RETURN event
}
WITH event, event.id IS :: STRING NOT NULL
  AND (event.delivery_ids IS NULL OR event.delivery_ids IS :: LIST<STRING NOT NULL>) AS sound
RETURN coalesce(toStringOrNull(event.id), '') AS event_id, toStringOrNull(event.idempotency_key) AS idempotency_key,
  CASE WHEN sound THEN toStringOrNull(event.fingerprint) END AS fingerprint,
  CASE WHEN sound THEN coalesce(event.delivery_ids, []) ELSE [] END AS delivery_ids,
  toStringOrNull(event.write_id) AS write_id
`;

export const EXISTING_DELIVERIES = `
UNWIND $ids AS id
MATCH (delivery:WebhookDelivery {id: id})
RETURN delivery.id AS id
`;
