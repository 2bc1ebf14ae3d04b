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
  .id, .url, .active, .project_id, .events, .secret, .headers,
  .max_retries, .initial_delay, .max_delay, .backoff_multiplier,
  .previous_secret, .previous_secret_until
} AS webhook, project.id AS project_key, project.safe_name AS project_name
`;

const SWITCH_OFF = `SET webhook.active = false, webhook.disabled_reason = $reason, webhook.disabled_at = $now,
  webhook.updated_at = $now
WITH collect(webhook.id) AS ids
MATCH (registry:WebhookRegistry {id: 'registry'})
SET registry.version = registry.version + size(ids)
RETURN ids`;

export const DEACTIVATE_WEBHOOK = `
MATCH (webhook:Webhook {id: $id}) WHERE webhook.active
${SWITCH_OFF}
`;

/** A webhook of a project that is gone stays with its project_id, and must never turn into a global one. */
export const DEACTIVATE_ORPHANS = `
MATCH (webhook:Webhook {active: true})
WHERE webhook.project_linked AND NOT EXISTS { (:Project)-[:HAS_WEBHOOK]->(webhook) }
${SWITCH_OFF}
`;
