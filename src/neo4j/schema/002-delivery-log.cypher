// The log of a project and of an event type, by time.
CREATE INDEX webhook_delivery_project IF NOT EXISTS FOR (n:WebhookDelivery) ON (n.project_id, n.id);
CREATE INDEX webhook_delivery_event IF NOT EXISTS FOR (n:WebhookDelivery) ON (n.event, n.id);

// How many of the kept deliveries succeeded, for tallies from before that was counted.
MATCH (tally:WebhookTally) WHERE tally.kept_successes IS NULL
CALL (tally) {
  MATCH (delivery:WebhookDelivery)
  WHERE delivery.webhook_id = tally.id AND delivery.status = 'success' AND delivery.id >= ''
  RETURN count(delivery) AS successes
}
SET tally.kept_successes = successes;
