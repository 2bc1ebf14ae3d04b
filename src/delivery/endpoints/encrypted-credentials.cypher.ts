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
