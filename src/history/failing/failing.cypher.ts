/**
 * Webhooks that fail, or of whose recovery nobody was told yet: the outcomes keep the tallies, so nothing is
 * counted here; one small node is read for each webhook.
 */
export const FAILING_WEBHOOKS = `
MATCH (tally:WebhookTally)
WHERE tally.failing_since IS NOT NULL OR tally.told_since IS NOT NULL
MATCH (webhook:Webhook {id: tally.id})
RETURN webhook.id AS id, webhook.name AS name, webhook.project_id AS project_id, webhook.active AS active,
  tally.failing_since AS failing_since, coalesce(toIntegerOrNull(tally.failed_attempts), 0) AS failed_attempts,
  coalesce(toIntegerOrNull(tally.failed_deliveries), 0) AS failed_deliveries, tally.told_since AS told_since,
  tally.told_at AS told_at
`;

export const MARK_FAILING_TOLD = `
MATCH (tally:WebhookTally {id: $id})
SET tally.told_since = $since, tally.told_at = $now
`;

export const MARK_RECOVERY_TOLD = `
MATCH (tally:WebhookTally {id: $id})
REMOVE tally.purge_at
WITH tally WHERE tally.told_since = $since
REMOVE tally.told_since
`;

/** Served by the index on active: what is switched off is little. */
export const UNTOLD_DEACTIVATIONS = `
MATCH (webhook:Webhook {active: false})
WHERE webhook.disabled_told = false
RETURN webhook.id AS id, webhook.name AS name, webhook.project_id AS project_id,
  webhook.disabled_reason AS reason, webhook.disabled_cause AS cause, webhook.disabled_at AS at
`;

export const MARK_DEACTIVATION_TOLD = `
MATCH (webhook:Webhook {id: $id})
REMOVE webhook.purge_at
WITH webhook WHERE webhook.disabled_at = $at
REMOVE webhook.disabled_told
`;
