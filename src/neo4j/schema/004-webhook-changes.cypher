// What changed since a version of the registry: read by every instance after each change of a webhook.
CREATE INDEX webhook_changes IF NOT EXISTS FOR (n:Webhook) ON (n.registry_version);
CREATE INDEX deleted_webhook_changes IF NOT EXISTS FOR (n:DeletedWebhook) ON (n.registry_version);
