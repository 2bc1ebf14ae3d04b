// Identity: one constraint for each label, which is also the index that everything is found by.
CREATE CONSTRAINT webhook_id_unique IF NOT EXISTS FOR (n:Webhook) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT deleted_webhook_id_unique IF NOT EXISTS FOR (n:DeletedWebhook) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_event_id_unique IF NOT EXISTS FOR (n:WebhookEvent) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_delivery_id_unique IF NOT EXISTS FOR (n:WebhookDelivery) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_attempt_id_unique IF NOT EXISTS FOR (n:WebhookAttempt) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_instance_id_unique IF NOT EXISTS FOR (n:WebhookInstance) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_counter_id_unique IF NOT EXISTS FOR (n:WebhookCounter) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_tally_id_unique IF NOT EXISTS FOR (n:WebhookTally) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT webhook_registry_id_unique IF NOT EXISTS FOR (n:WebhookRegistry) REQUIRE n.id IS UNIQUE;

// A caller's idempotency key belongs to one event.
CREATE CONSTRAINT webhook_event_key_unique IF NOT EXISTS FOR (n:WebhookEvent) REQUIRE n.idempotency_key IS UNIQUE;

// The queue: only deliveries that wait have `queue`, only those in flight have `claimed_by`.
CREATE INDEX webhook_delivery_queue IF NOT EXISTS FOR (n:WebhookDelivery) ON (n.queue, n.next_attempt_at);
CREATE INDEX webhook_delivery_claim IF NOT EXISTS FOR (n:WebhookDelivery) ON (n.claimed_by);

// The log of a webhook, by status and time (ids are time-ordered).
CREATE INDEX webhook_delivery_log IF NOT EXISTS FOR (n:WebhookDelivery) ON (n.webhook_id, n.status, n.id);

// Events without deliveries, by the time at which they may go.
CREATE INDEX webhook_event_purge IF NOT EXISTS FOR (n:WebhookEvent) ON (n.purge_at);

CREATE INDEX webhook_project IF NOT EXISTS FOR (n:Webhook) ON (n.project_id);
CREATE INDEX webhook_active IF NOT EXISTS FOR (n:Webhook) ON (n.active);
