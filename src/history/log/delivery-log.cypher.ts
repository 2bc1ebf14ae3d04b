import { countIn } from '../../neo4j/count-in.js';

/** What the log shows of a delivery, and the length of its body, which is stored once with the event. */
const DELIVERY = `delivery {
  .id, .webhook_id, .event_id, .event, .project_id, .status, .attempts, .last_attempt_at, .next_attempt_at, .response_code,
  .response_body, .error_message, .error_code, .outcome, .digest_id, .duration_ms, .created_at,
  body_bytes: coalesce(toIntegerOrNull(event.body_bytes), size(toStringOrNull(event.body)), 0)
} AS delivery`;

const WITH_EVENT = `OPTIONAL MATCH (event:WebhookEvent {id: delivery.event_id})
RETURN ${DELIVERY}`;

/** What no index on the way has looked at. */
const FILTERS = `
  AND ($event IS NULL OR delivery.event = $event)
  AND ($project_id IS NULL OR delivery.project_id = $project_id)
  AND ($since IS NULL OR delivery.created_at >= $since)
  AND ($until IS NULL OR delivery.created_at < $until)`;

/** Ids are time-ordered: a part of the log by time is a range of ids. */
const IN_RANGE = `delivery.id >= $from AND delivery.id < $before${FILTERS}`;

/** The deliveries of one webhook or of all, in some states: for each webhook and state a seek. */
const EACH_STATE = `
MATCH (tally:WebhookTally) WHERE tally.id >= $first_webhook AND tally.id <= $last_webhook
UNWIND $statuses AS status
`;

const OF_STATE = `
CALL (tally, status) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = tally.id AND delivery.status = status AND ${IN_RANGE}
`;

const BY_PROJECT = `
MATCH (delivery:WebhookDelivery)
USING INDEX delivery:WebhookDelivery(project_id, id)
WHERE delivery.project_id = $project_id AND ${IN_RANGE}
`;

const BY_EVENT = `
MATCH (delivery:WebhookDelivery)
USING INDEX delivery:WebhookDelivery(event, id)
WHERE delivery.event = $event AND ${IN_RANGE}
`;

const BY_TIME = `
MATCH (delivery:WebhookDelivery)
WHERE ${IN_RANGE}
`;

export const FIND_DELIVERY = `
MATCH (delivery:WebhookDelivery {id: $id})
${WITH_EVENT}
`;

/** The deliveries of one event, in the order in which they were made. */
export const EVENT_DELIVERIES = `
MATCH (event:WebhookEvent {id: $id})-[:TRIGGERED]->(delivery:WebhookDelivery)
WITH event, delivery ORDER BY delivery.id LIMIT $limit
RETURN ${DELIVERY}
ORDER BY delivery.id
`;

/** The bodies of the deliveries that are shown, each once. */
export const BODIES = `
UNWIND $ids AS id
MATCH (event:WebhookEvent {id: id})
RETURN event.id AS id, event.body AS body
`;

/**
 * The newest of each webhook and state along the index; only of as many as have the newest ones can any be on the page.
 * Of these a page each, and then the newest of all: no sort over the log, and no page of each of ten thousand webhooks.
 */
export const LIST_BY_STATUS = `${EACH_STATE}${OF_STATE}
  RETURN delivery.id AS newest ORDER BY delivery.webhook_id DESC, delivery.status DESC, delivery.id DESC LIMIT 1
}
WITH tally, status, newest ORDER BY newest DESC LIMIT $limit
${OF_STATE}
  RETURN delivery ORDER BY delivery.webhook_id DESC, delivery.status DESC, delivery.id DESC LIMIT $limit
}
WITH delivery ORDER BY delivery.id DESC LIMIT $limit
${WITH_EVENT}
ORDER BY delivery.id DESC
`;

/** The counts of what no counter is kept for end at $limit: what they cost does not grow with the log. */
export const COUNT_BY_STATUS = `${EACH_STATE}${OF_STATE}
  RETURN delivery LIMIT $limit
}
WITH delivery LIMIT $limit
RETURN count(delivery) AS total
`;

export const LIST_BY_PROJECT = `${BY_PROJECT}
WITH delivery ORDER BY delivery.project_id DESC, delivery.id DESC LIMIT $limit
${WITH_EVENT}
ORDER BY delivery.id DESC
`;

export const COUNT_BY_PROJECT = `${BY_PROJECT}
WITH delivery LIMIT $limit
RETURN count(delivery) AS total
`;

export const LIST_BY_EVENT = `${BY_EVENT}
WITH delivery ORDER BY delivery.event DESC, delivery.id DESC LIMIT $limit
${WITH_EVENT}
ORDER BY delivery.id DESC
`;

export const COUNT_BY_EVENT = `${BY_EVENT}
WITH delivery LIMIT $limit
RETURN count(delivery) AS total
`;

/** Newest first along the index on id; ends as soon as the page is full. */
export const LIST_BY_TIME = `${BY_TIME}
WITH delivery ORDER BY delivery.id DESC LIMIT $limit
${WITH_EVENT}
ORDER BY delivery.id DESC
`;

export const COUNT_BY_TIME = `${BY_TIME}
WITH delivery LIMIT $limit
RETURN count(delivery) AS total
`;

/** From the count store, whatever the size of the log. */
export const COUNT_ALL = `
MATCH (delivery:WebhookDelivery)
RETURN count(delivery) AS total
`;

/** What is kept of the finished ones, and all that was ever created but the finished ones. */
export const COUNT_OF_WEBHOOK = `
MATCH (tally:WebhookTally {id: $webhook_id})
CALL () {
  MATCH (webhook:Webhook {id: $webhook_id})
  RETURN webhook.delivery_count AS created
  UNION ALL
  MATCH (webhook:DeletedWebhook {id: $webhook_id})
  RETURN webhook.delivery_count AS created
}
WITH ${countIn('tally.kept')} + ${countIn('created')}
  - ${countIn('tally.successes')} - ${countIn('tally.failures')} AS total
RETURN CASE WHEN total < 0 THEN 0 ELSE total END AS total
`;

/** Finished ones in the log, of one webhook or of all, from their tallies. */
export const COUNT_FINISHED = `
MATCH (tally:WebhookTally) WHERE tally.id >= $first_webhook AND tally.id <= $last_webhook
RETURN coalesce(sum(toIntegerOrNull(tally.kept_successes)), 0) AS successes,
  coalesce(sum(toIntegerOrNull(tally.kept) - toIntegerOrNull(tally.kept_successes)), 0) AS failures
`;

/** The counters of all instances, living and gone: few nodes, found by the index on id. */
export const STATISTICS = `
MATCH (counter:WebhookCounter) WHERE counter.id >= ''
RETURN coalesce(sum(toIntegerOrNull(counter.events)), 0) AS events, coalesce(sum(toIntegerOrNull(counter.deliveries)), 0) AS deliveries,
  coalesce(sum(toIntegerOrNull(counter.successes)), 0) AS successes, coalesce(sum(toIntegerOrNull(counter.failures)), 0) AS failures,
  coalesce(sum(toIntegerOrNull(counter.retried)), 0) AS retried
`;

/** How many webhooks are in which state, each in one. A thousand take some milliseconds; it is asked every ten seconds at most. */
export const WEBHOOK_CENSUS = `
MATCH (webhook:Webhook)
OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})
WITH CASE
  WHEN webhook.disabled_reason IS NOT NULL THEN 'disabled'
  WHEN NOT coalesce(webhook.active, false) THEN 'inactive'
  WHEN tally.failing_since IS NOT NULL THEN 'failing'
  ELSE 'active' END AS state
RETURN state, count(*) AS webhooks
`;

/** The newest attempts, oldest first; the count is the degree of the node. */
export const FIND_ATTEMPTS = `
MATCH (delivery:WebhookDelivery {id: $id})
CALL (delivery) {
  MATCH (delivery)-[:HAS_ATTEMPT]->(attempt:WebhookAttempt)
  WITH attempt ORDER BY attempt.number DESC LIMIT $limit
  WITH attempt ORDER BY attempt.number
  RETURN collect(attempt {
    .id, .number, .started_at, .duration_ms, .response_code, .response_body, .error_message, .error_code
  }) AS attempts
}
RETURN COUNT { (delivery)-[:HAS_ATTEMPT]->() } AS total, attempts
`;

export const FIND_EVENT = `
MATCH (event:WebhookEvent {id: $id})
RETURN event {.id, .type, .project_id, .timestamp, .created_at, .body} AS event,
  COUNT { (event)-[:TRIGGERED]->() } AS total
`;
