const ENDPOINT = `webhook {
  .id, .url, .active, .generation, .project_id, .project_names, .events, .secret, .headers,
  .max_retries, .initial_delay, .max_delay, .backoff_multiplier,
  .previous_secret, .previous_secret_until, .name, .format, .format_options, .format_secrets, .endpoint,
  .max_requests_per_second, .filter, .deleted_at, deleted: webhook:DeletedWebhook, element: elementId(webhook)
}`;
const VERSION = `coalesce(toIntegerOrNull(registry.version), 0) AS version`;

/**
 * Every webhook with its registry version. The version is read first: a change that commits in between
 * is then seen twice rather than never.
 */
export const LOAD_TARGETS = `
MERGE (registry:WebhookRegistry {id: 'registry'})
ON CREATE SET registry.version = 0
WITH ${VERSION}
OPTIONAL MATCH (webhook:Webhook)
RETURN version, ${ENDPOINT} AS webhook
`;

/**
 * What changed since the version $since, along the indexes on registry_version: the same for ten webhooks and for ten
 * thousand. Versions are given under the lock of the registry, so whatever a version covers is committed when it is
 * seen. Without a row everything has to be read: the version went back, or all webhooks were removed. That nothing
 * changed is a row without webhooks.
 */
export const CHANGED_TARGETS = `
MATCH (registry:WebhookRegistry {id: 'registry'})
WHERE toIntegerOrNull(registry.version) >= $since AND coalesce(registry.cleared_at, 0) <= $since
WITH ${VERSION}
CALL () {
  CALL () {
    MATCH (webhook:Webhook) WHERE webhook.registry_version > $since
    RETURN webhook
    UNION
    MATCH (webhook:DeletedWebhook) WHERE webhook.registry_version > $since
    RETURN webhook
  }
  RETURN collect(${ENDPOINT}) AS webhooks
}
RETURN version, webhooks
`;

/** A change of these webhooks, for all instances to see. */
const RAISE_VERSION = `MERGE (registry:WebhookRegistry {id: 'registry'})
SET registry.version = coalesce(toIntegerOrNull(registry.version), 0) + 1
FOREACH (webhook IN nodes | SET webhook.registry_version = registry.version)`;

const NAMES = `[name IN [toStringOrNull(project.id), toStringOrNull(project.safe_name)] WHERE name IS NOT NULL]`;

/**
 * Webhooks that were there before their project, and those whose project has another name by now: Basset Hound uses `id`
 * and `safe_name` interchangeably. Two seeks in the index on project_id for each project.
 */
export const FOLLOW_PROJECTS = `
MATCH (project:Project)
CALL (project) {
  UNWIND ${NAMES} AS name
  MATCH (webhook:Webhook {project_id: name})
  WHERE NOT EXISTS { (:Project)-[:HAS_WEBHOOK]->(webhook) }
  RETURN webhook
  UNION
  MATCH (project)-[:HAS_WEBHOOK]->(webhook:Webhook)
  WHERE coalesce(webhook.project_names, []) <> ${NAMES}
  RETURN webhook
}
WITH webhook, head(collect(project)) AS project ORDER BY webhook.id
REMOVE webhook.purge_at
MERGE (project)-[:HAS_WEBHOOK]->(webhook)
SET webhook.project_linked = true, webhook.project_of = webhook.project_id, webhook.project_names = ${NAMES}
WITH collect(webhook) AS nodes WHERE size(nodes) > 0
${RAISE_VERSION}
RETURN size(nodes) AS followed
`;

/**
 * The first SET locks, so that only one of two instances switches a webhook off; a repetition after a lost answer
 * knows its own work by $call. `disabled_told` false = the subscribers of system.health are to be told; `ending` on the
 * tally = what waits is to end, see END_WAITING.
 */
const SWITCH_OFF = `SET webhook.active = false, webhook.disabled_reason = reason, webhook.disabled_cause = $cause,
  webhook.disabled_at = $now, webhook.disabled_by = $call, webhook.disabled_told = false,
  webhook.updated_at = $now, webhook.revision = $call,
  webhook.generation = coalesce(toIntegerOrNull(webhook.generation), 0) + 1
WITH webhook
OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})
SET tally.ending = webhook.generation
REMOVE tally.requeue_since, tally.requeuing_since
WITH collect(webhook) AS nodes WHERE size(nodes) > 0
${RAISE_VERSION}
RETURN [webhook IN nodes | webhook {.id, reason: webhook.disabled_reason}] AS webhooks`;

/**
 * REMOVE locks, also where there is nothing to remove, if the database knows the key at all: `purge_at` has an index. A
 * property set to itself would undo a write in between.
 */
const LOCK = `REMOVE webhook.purge_at`;
const STILL_ACTIVE = `(webhook.active = true OR webhook.disabled_by = $call)`;

export const DEACTIVATE_WEBHOOK = `
MATCH (webhook:Webhook {id: $id})
${LOCK}
WITH webhook, $reason AS reason WHERE ${STILL_ACTIVE}
${SWITCH_OFF}
`;

/** The tally is locked after its webhook, as everywhere: a success that comes in between counts. */
export const DEACTIVATE_FAILING = `
MATCH (webhook:Webhook {id: $id})
MATCH (tally:WebhookTally {id: $id})
${LOCK}
REMOVE tally.purge_at
WITH webhook, tally
WHERE ${STILL_ACTIVE} AND tally.failing_since <= $before AND tally.failed_deliveries >= $failures
WITH webhook, 'every attempt since ' + tally.failing_since + ' failed, ' + tally.failed_deliveries +
  ' deliveries in all' AS reason
${SWITCH_OFF}
`;

/** A webhook of a project that is gone stays with its project_id, and must never turn into a global one. */
export const DEACTIVATE_ORPHANS = `
MATCH (webhook:Webhook)
WHERE webhook.active = true AND webhook.project_linked = true AND NOT EXISTS { (:Project)-[:HAS_WEBHOOK]->(webhook) }
WITH webhook ORDER BY webhook.id
${LOCK}
WITH webhook, $reason AS reason WHERE ${STILL_ACTIVE}
${SWITCH_OFF}
`;

/** Webhooks with a value that the current key has not encrypted, in the order of their ids. What is no text is left alone. */
export const FIND_OUTDATED = `
MATCH (webhook:Webhook)
WHERE webhook.id > $after
  AND any(value IN [webhook.secret, webhook.previous_secret, webhook.headers, webhook.format_secrets]
    WHERE NOT value STARTS WITH $prefix)
WITH webhook ORDER BY webhook.id LIMIT $limit
RETURN webhook.id AS id, toStringOrNull(webhook.secret) AS secret,
  toStringOrNull(webhook.previous_secret) AS previous_secret, toStringOrNull(webhook.headers) AS headers,
  toStringOrNull(webhook.format_secrets) AS format_secrets
ORDER BY id
`;

/**
 * Replaces each value only where it is still the one that was read: what was changed meanwhile, or by another instance,
 * is left alone. REMOVE, although there is nothing to remove, locks before that is checked.
 */
export const REPLACE_SEALED = `
UNWIND $rows AS row
MATCH (webhook:Webhook {id: row.id})
REMOVE webhook.purge_at
WITH webhook, row
SET webhook.secret = CASE WHEN webhook.secret = row.secret THEN row.new_secret ELSE webhook.secret END,
  webhook.previous_secret = CASE WHEN webhook.previous_secret = row.previous_secret
    THEN row.new_previous_secret ELSE webhook.previous_secret END,
  webhook.headers = CASE WHEN webhook.headers = row.headers THEN row.new_headers ELSE webhook.headers END,
  webhook.format_secrets = CASE WHEN webhook.format_secrets = row.format_secrets
    THEN row.new_format_secrets ELSE webhook.format_secrets END
RETURN count(webhook) AS webhooks
`;

/** What is remembered of requests for webhooks, which tells of their secrets, goes after a day. */
export const FORGET_CREATIONS = `
MATCH (webhook:Webhook)
WHERE webhook.idempotency_key IS NOT NULL AND NOT coalesce(webhook.created_at >= $before, false)
REMOVE webhook.idempotency_key, webhook.creation
`;

/** A former secret whose time is over is of no use to anybody but a thief. */
export const FORGET_EXPIRED_SECRETS = `
MATCH (webhook:Webhook)
WHERE webhook.previous_secret_until <= $now
REMOVE webhook.previous_secret, webhook.previous_secret_until
`;
