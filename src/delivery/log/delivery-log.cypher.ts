/** What the log shows of a delivery; the body comes from its event, where it is stored once. */
const DELIVERY = `delivery {
  .id, .webhook_id, .event_id, .event, .status, .attempts, .last_attempt_at, .next_attempt_at, .response_code,
  .response_body, .error_message, .duration_ms, .created_at, body: event.body
} AS delivery`;

export const FIND_DELIVERY = `
MATCH (delivery:WebhookDelivery {id: $id})
MATCH (event:WebhookEvent {id: delivery.event_id})
RETURN ${DELIVERY}
`;

/** A page for each status from the index on (webhook_id, status, id), then the newest of them: no sort over the log. */
export const LIST_BY_WEBHOOK = `
UNWIND $statuses AS status
CALL (status) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $webhook_id AND delivery.status = status AND delivery.id < $before
    AND ($event IS NULL OR delivery.event = $event)
    AND ($project_id IS NULL OR delivery.project_id = $project_id)
    AND ($since IS NULL OR delivery.created_at >= $since)
    AND ($until IS NULL OR delivery.created_at < $until)
  RETURN delivery ORDER BY delivery.webhook_id DESC, delivery.status DESC, delivery.id DESC LIMIT $limit
}
WITH delivery ORDER BY delivery.id DESC LIMIT $limit
MATCH (event:WebhookEvent {id: delivery.event_id})
RETURN ${DELIVERY}
ORDER BY delivery.id DESC
`;

export const COUNT_BY_WEBHOOK = `
UNWIND $statuses AS status
CALL (status) {
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $webhook_id AND delivery.status = status AND delivery.id >= ''
    AND ($event IS NULL OR delivery.event = $event)
    AND ($project_id IS NULL OR delivery.project_id = $project_id)
    AND ($since IS NULL OR delivery.created_at >= $since)
    AND ($until IS NULL OR delivery.created_at < $until)
  RETURN count(delivery) AS part
}
RETURN sum(part) AS total
`;

/** Newest first along the index on id; ends as soon as the page is full. */
export const LIST_ALL = `
MATCH (delivery:WebhookDelivery)
WHERE delivery.id < $before
  AND delivery.status IN $statuses
  AND ($event IS NULL OR delivery.event = $event)
  AND ($project_id IS NULL OR delivery.project_id = $project_id)
  AND ($since IS NULL OR delivery.created_at >= $since)
  AND ($until IS NULL OR delivery.created_at < $until)
WITH delivery ORDER BY delivery.id DESC LIMIT $limit
MATCH (event:WebhookEvent {id: delivery.event_id})
RETURN ${DELIVERY}
ORDER BY delivery.id DESC
`;

export const COUNT_FILTERED = `
MATCH (delivery:WebhookDelivery)
WHERE delivery.status IN $statuses
  AND ($event IS NULL OR delivery.event = $event)
  AND ($project_id IS NULL OR delivery.project_id = $project_id)
  AND ($since IS NULL OR delivery.created_at >= $since)
  AND ($until IS NULL OR delivery.created_at < $until)
RETURN count(delivery) AS total
`;

/** From the count store, whatever the size of the log. */
export const COUNT_ALL = `
MATCH (delivery:WebhookDelivery)
RETURN count(delivery) AS total
`;

/** The counters of all instances, living and gone. */
export const STATISTICS = `
MATCH (counter:WebhookCounter)
RETURN coalesce(sum(counter.events), 0) AS events, coalesce(sum(counter.deliveries), 0) AS deliveries,
  coalesce(sum(counter.successes), 0) AS successes, coalesce(sum(counter.failures), 0) AS failures,
  coalesce(sum(counter.retried), 0) AS retried
`;
