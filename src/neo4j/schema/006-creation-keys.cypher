// A caller's idempotency key belongs to one webhook.
CREATE CONSTRAINT webhook_creation_key_unique IF NOT EXISTS FOR (n:Webhook) REQUIRE n.idempotency_key IS UNIQUE;
