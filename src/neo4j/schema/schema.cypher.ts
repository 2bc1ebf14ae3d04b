export const APPLIED_MIGRATIONS = `
MATCH (migration:WebhookSchemaMigration)
RETURN migration.id AS id
`;

export const RECORD_MIGRATION = `
MERGE (migration:WebhookSchemaMigration {id: $id})
ON CREATE SET migration.applied_at = $now
`;

export const AWAIT_INDEXES = `CALL db.awaitIndexes(300)`;
