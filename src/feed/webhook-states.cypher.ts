/** What the feed tells of webhooks. Those that are gone have no row; what somebody has spoiled reads as not set. */
export const WEBHOOK_STATES = `
UNWIND $ids AS id
MATCH (webhook:Webhook {id: id})
OPTIONAL MATCH (tally:WebhookTally {id: id})
RETURN id, coalesce(webhook.active = true, false) AS active,
  toStringOrNull(webhook.disabled_reason) AS disabled_reason,
  toStringOrNull(tally.failing_since) AS failing_since,
  coalesce(toIntegerOrNull(tally.failed_attempts), 0) AS failed_attempts,
  coalesce(tally.blocked = true, false) AS blocked
`;
