import { STORED_FIELDS } from './webhook-settings.js';

/** Those from before there were revisions have the time of their last change instead. */
const REVISION = `coalesce(webhook.revision, webhook.updated_at)`;

/** What leaves the graph of a webhook; the secret and the headers as they are stored, encrypted. */
const WEBHOOK = `webhook {
  .id, revision: ${REVISION}, ${STORED_FIELDS}, .headers, .max_retries, .initial_delay, .max_delay,
  .backoff_multiplier, .created_at, .updated_at, .last_triggered_at, .delivery_count, .disabled_reason,
  .disabled_at, .secret, success_count: coalesce(toIntegerOrNull(tally.successes), 0),
  .format, .format_options, .format_secrets,
  failure_count: coalesce(toIntegerOrNull(tally.failures), 0), failing_since: tally.failing_since,
  consecutive_failures: coalesce(toIntegerOrNull(tally.failed_attempts), 0),
  blocked: tally.blocked, missed_since: coalesce(tally.lost_since, tally.lost_before)
} AS webhook`;

const WITH_TALLY = `OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})`;

/** The webhook remembers the version of its last change, by which instances read it again. */
const RAISE_VERSION = `
MERGE (registry:WebhookRegistry {id: 'registry'})
SET registry.version = coalesce(toIntegerOrNull(registry.version), 0) + 1
SET webhook.registry_version = registry.version
`;

/**
 * Basset Hound uses a project's id and its safe_name interchangeably. A webhook stays with the project that it belongs to,
 * whatever that is called by now, until it is given to another one (`project_of` is what it was linked for).
 */
const LINK_PROJECT = `
OPTIONAL MATCH (former:Project)-[link:HAS_WEBHOOK]->(webhook)
WHERE coalesce(webhook.project_id <> webhook.project_of, true)
DELETE link
WITH DISTINCT webhook
OPTIONAL MATCH (owner:Project)-[:HAS_WEBHOOK]->(webhook)
WITH webhook, head(collect(owner)) AS owner
OPTIONAL MATCH (named:Project)
WHERE owner IS NULL AND (named.safe_name = webhook.project_id OR named.id = webhook.project_id)
WITH webhook, owner, head(collect(named)) AS named
WITH webhook, coalesce(owner, named) AS project
FOREACH (found IN CASE WHEN project IS NULL THEN [] ELSE [project] END |
  MERGE (found)-[:HAS_WEBHOOK]->(webhook)
)
SET webhook.project_linked = project IS NOT NULL, webhook.project_of = webhook.project_id,
  webhook.project_names =
    [name IN [toStringOrNull(project.id), toStringOrNull(project.safe_name)] WHERE name IS NOT NULL]
`;

/** A key that was given for a webhook a day ago ($forgotten) is free again. */
export const CREATE_WEBHOOK = `
CALL () {
  MATCH (former:Webhook {idempotency_key: $key})
  WHERE NOT coalesce(former.created_at >= $forgotten, false)
  REMOVE former.idempotency_key, former.creation
}
CREATE (webhook:Webhook {id: $id})
SET webhook += $properties, webhook.delivery_count = 0, webhook.idempotency_key = $key, webhook.creation = $creation
CREATE (:WebhookTally {id: $id, successes: 0, failures: 0, kept: 0, kept_successes: 0})
WITH webhook
${LINK_PROJECT}
WITH webhook
${RAISE_VERSION}
WITH webhook
${WITH_TALLY}
RETURN ${WEBHOOK}
`;

/**
 * Only over what was read, or over its own work when it is repeated after a lost answer. Switched on again, sent
 * elsewhere or in another format, a webhook begins anew: what was counted of its failures is over. Switched off, it is of another generation,
 * and what waits is to end (`ending`, see END_WAITING). REMOVE locks, so that `afresh` is judged by what is overwritten;
 * the tally is locked after its webhook, as everywhere.
 */
export const UPDATE_WEBHOOK = `
MATCH (webhook:Webhook {id: $id})
REMOVE webhook.purge_at
WITH webhook WHERE ${REVISION} IN $revisions OR webhook.revision = $properties.revision
WITH webhook, coalesce($properties.active AND NOT webhook.active, false)
  OR coalesce($properties.url <> webhook.url, false)
  OR $properties.endpoint IS NOT NULL AND coalesce($properties.endpoint <> webhook.endpoint, true) AS afresh,
  coalesce(webhook.active AND NOT $properties.active, false) AS off
SET webhook += $properties
FOREACH (ended IN CASE WHEN off THEN [webhook] ELSE [] END |
  SET ended.generation = coalesce(toIntegerOrNull(ended.generation), 0) + 1
)
WITH webhook, afresh, off
OPTIONAL MATCH (tally:WebhookTally {id: $id})
FOREACH (failing IN CASE WHEN afresh THEN [tally] ELSE [] END |
  REMOVE failing.blocked, failing.failing_since, failing.failed_attempts, failing.failed_deliveries, failing.told_since,
    failing.requeue_since, failing.requeuing_since
)
FOREACH (ending IN CASE WHEN off THEN [tally] ELSE [] END |
  SET ending.ending = webhook.generation
  REMOVE ending.requeue_since, ending.requeuing_since
)
WITH webhook
${LINK_PROJECT}
WITH webhook
${RAISE_VERSION}
WITH webhook
${WITH_TALLY}
RETURN ${WEBHOOK}
`;

/**
 * REMOVE locks before the former secret is read. Repeated after a lost answer it finds its own work, since no text is
 * encrypted twice to the same value: otherwise the new secret would take the place of the former one.
 */
export const ROTATE_SECRET = `
MATCH (webhook:Webhook {id: $id})
REMOVE webhook.purge_at
WITH webhook WHERE $revisions IS NULL OR ${REVISION} IN $revisions OR webhook.revision = $revision
SET webhook.updated_at = $now, webhook.revision = $revision
WITH webhook, webhook.secret AS former
WITH webhook, former, coalesce(former = $secret, false) AS repeated
SET webhook.secret = $secret,
  webhook.previous_secret = CASE
    WHEN repeated THEN webhook.previous_secret
    WHEN $until IS NOT NULL THEN former END,
  webhook.previous_secret_until = CASE
    WHEN repeated THEN webhook.previous_secret_until
    WHEN former IS NOT NULL THEN $until END
WITH webhook
${RAISE_VERSION}
WITH webhook
${WITH_TALLY}
RETURN ${WEBHOOK}, webhook.previous_secret_until AS previous_until
`;

export const FIND_SECRET = `
MATCH (webhook:Webhook {id: $id})
RETURN webhook.secret AS secret, toStringOrNull(webhook.previous_secret_until) AS previous_until
`;

/** What was created under a key since $forgotten, and what is remembered of the request, encrypted. */
export const FIND_BY_KEY = `
MATCH (webhook:Webhook {idempotency_key: $key}) WHERE webhook.created_at >= $forgotten
${WITH_TALLY}
RETURN ${WEBHOOK}, toStringOrNull(webhook.secret) AS secret, toStringOrNull(webhook.creation) AS creation
`;

export const FIND_WEBHOOK = `
MATCH (webhook:Webhook {id: $id})
${WITH_TALLY}
RETURN ${WEBHOOK}
`;

const FILTER = `
  AND (NOT $active_only OR webhook.active = true)
  AND ($project_id IS NULL OR webhook.project_id IS NULL OR webhook.project_id = $project_id
    OR CASE WHEN webhook.project_names IS :: LIST<STRING> THEN $project_id IN webhook.project_names END)
`;

/** Along the index on id: ids are time-ordered, so this is the order of creation. */
export const LIST_WEBHOOKS = `
MATCH (webhook:Webhook)
WHERE webhook.id > $after
${FILTER}
WITH webhook ORDER BY webhook.id LIMIT $limit
${WITH_TALLY}
RETURN ${WEBHOOK}
ORDER BY webhook.id
`;

export const COUNT_LISTED_WEBHOOKS = `
MATCH (webhook:Webhook)
WHERE webhook.id > ''
${FILTER}
RETURN count(webhook) AS total
`;

/**
 * O(1), however long the history: its deliveries go in the background, batch by batch, and its tally with the last of
 * them. Repeated after a lost answer it finds its own work: $now is stored by this call only.
 */
export const DELETE_WEBHOOK = `
CALL () {
  MATCH (webhook:Webhook {id: $id})
  REMOVE webhook.purge_at
  WITH webhook WHERE $revisions IS NULL OR ${REVISION} IN $revisions
  RETURN webhook
  UNION
  MATCH (webhook:DeletedWebhook {id: $id, deleted_at: $now})
  RETURN webhook
}
OPTIONAL MATCH (:Project)-[link:HAS_WEBHOOK]->(webhook)
DELETE link
WITH DISTINCT webhook
REMOVE webhook:Webhook, webhook.secret, webhook.previous_secret, webhook.headers, webhook.format_secrets,
  webhook.idempotency_key, webhook.creation
SET webhook:DeletedWebhook, webhook.deleted_at = $now, webhook.active = false,
  webhook.generation = coalesce(toIntegerOrNull(webhook.generation), 0) + 1
WITH webhook
OPTIONAL MATCH (tally:WebhookTally {id: $id})
SET tally.ending = webhook.generation
REMOVE tally.lost_since, tally.lost_before, tally.requeue_since, tally.requeuing_since
WITH webhook
${RAISE_VERSION}
RETURN webhook.id AS id
`;

/** What somebody has spoiled has no name, and fails no answer. */
export const NAMES = `
UNWIND $ids AS id
MATCH (webhook:Webhook {id: id})
RETURN webhook.id AS id, coalesce(toStringOrNull(webhook.name), '') AS name
`;

export const COUNT_WEBHOOKS = `
CALL () {
  MATCH (webhook:Webhook)
  RETURN count(webhook) AS total
}
CALL () {
  MATCH (webhook:Webhook {active: true})
  RETURN count(webhook) AS active
}
RETURN total, active
`;
