// Figures for charts: a node for each webhook and hour, its id is <webhook>/<hour>.
CREATE CONSTRAINT webhook_activity_id_unique IF NOT EXISTS FOR (n:WebhookActivity) REQUIRE n.id IS UNIQUE;
CREATE INDEX webhook_activity_from IF NOT EXISTS FOR (n:WebhookActivity) ON (n.from);
