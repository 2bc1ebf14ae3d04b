// Changes of the graph that wait for the relay, and events that were emitted through the graph.
CREATE INDEX webhook_outbox_at IF NOT EXISTS FOR (n:WebhookOutbox) ON (n.at);
CREATE INDEX webhook_outbox_event IF NOT EXISTS FOR (n:WebhookOutbox) ON (n.event);
CREATE INDEX webhook_outbox_rejected IF NOT EXISTS FOR (n:WebhookOutboxRejected) ON (n.rejected_at);
