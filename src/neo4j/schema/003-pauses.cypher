// Webhooks that asked to wait: few, looked up every second by each of several instances.
CREATE INDEX webhook_tally_pause IF NOT EXISTS FOR (n:WebhookTally) ON (n.paused_until);
