/**
 * Every webhook with its registry version. The version is read first: a change that commits in between
 * is then seen twice rather than never.
 */
export const LOAD_TARGETS = `
MERGE (registry:WebhookRegistry {id: 'registry'})
ON CREATE SET registry.version = 0
WITH registry.version AS version
OPTIONAL MATCH (webhook:Webhook)
OPTIONAL MATCH (project:Project)-[:HAS_WEBHOOK]->(webhook)
RETURN version, webhook {
  .id, .url, .active, .generation, .project_id, .events, .secret, .headers,
  .max_retries, .initial_delay, .max_delay, .backoff_multiplier,
  .previous_secret, .previous_secret_until
} AS webhook, project.id AS project_key, project.safe_name AS project_name
`;

/**
 * The first SET locks, so that only one of two instances switches a webhook off; a repetition after a lost answer
 * knows its own work by $call. `disabled_told` false = the subscribers of system.health are to be told; `ending` on the
 * tally = what waits is to end, see END_WAITING.
 */
const SWITCH_OFF = `SET webhook.active = false, webhook.disabled_reason = reason, webhook.disabled_cause = $cause,
  webhook.disabled_at = $now, webhook.disabled_by = $call, webhook.disabled_told = false,
  webhook.updated_at = $now, webhook.revision = $call,
  webhook.generation = coalesce(webhook.generation, 0) + 1
WITH webhook
OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})
SET tally.ending = webhook.generation
REMOVE tally.requeue_since, tally.requeuing_since
WITH collect(webhook {.id, reason: webhook.disabled_reason}) AS webhooks
MATCH (registry:WebhookRegistry {id: 'registry'})
SET registry.version = registry.version + size(webhooks)
RETURN webhooks`;

/**
 * REMOVE locks, also where there is nothing to remove, if the database knows the key at all: `purge_at` has an index. A
 * property set to itself would undo a write in between.
 */
const LOCK = `REMOVE webhook.purge_at`;
const STILL_ACTIVE = `(webhook.active OR webhook.disabled_by = $call)`;

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
WHERE webhook.active = true AND webhook.project_linked AND NOT EXISTS { (:Project)-[:HAS_WEBHOOK]->(webhook) }
${LOCK}
WITH webhook, $reason AS reason WHERE ${STILL_ACTIVE}
${SWITCH_OFF}
`;
