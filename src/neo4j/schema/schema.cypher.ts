export const APPLIED_MIGRATIONS = `
MATCH (migration:WebhookSchemaMigration) WHERE migration.id >= ''
RETURN migration.id AS id, migration.checksum AS checksum
`;

export const RECORD_MIGRATION = `
MERGE (migration:WebhookSchemaMigration {id: $id})
ON CREATE SET migration.applied_at = $now
SET migration.checksum = $checksum
`;

export const PRESENT_INDEXES = `SHOW INDEXES YIELD name RETURN name`;

export const AWAIT_INDEXES = `CALL db.awaitIndexes(300)`;

/** Two processes that start at the same time must find one lock. */
export const CREATE_LOCK_CONSTRAINT = `
CREATE CONSTRAINT webhook_schema_lock_unique IF NOT EXISTS FOR (n:WebhookSchemaLock) REQUIRE n.id IS UNIQUE
`;

/** Taken, or kept, by the clock of the database; no row while another process has it. SET locks before the check. */
export const TAKE_LOCK = `
MERGE (lock:WebhookSchemaLock {id: 'schema'})
SET lock.asked_at = timestamp()
WITH lock WHERE lock.holder IS NULL OR lock.holder = $holder OR NOT coalesce(toIntegerOrNull(lock.until) >= timestamp(), false)
SET lock.holder = $holder, lock.until = timestamp() + $term
RETURN lock.id AS id
`;

export const GIVE_BACK_LOCK = `
MATCH (lock:WebhookSchemaLock {id: 'schema', holder: $holder})
DELETE lock
`;
