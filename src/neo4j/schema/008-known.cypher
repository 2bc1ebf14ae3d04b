// What capture last told of each entity, orphan and project: what a repair scan compares the graph with.
CREATE CONSTRAINT webhook_known_unique IF NOT EXISTS FOR (n:WebhookKnown) REQUIRE n.id IS UNIQUE;
