/** How many webhooks are in which state, each in one. A thousand take some milliseconds; it is asked every ten seconds at most. */
export const WEBHOOK_CENSUS = `
MATCH (webhook:Webhook)
OPTIONAL MATCH (tally:WebhookTally {id: webhook.id})
WITH CASE
  WHEN webhook.disabled_reason IS NOT NULL THEN 'disabled'
  WHEN NOT coalesce(webhook.active, false) THEN 'inactive'
  WHEN tally.failing_since IS NOT NULL THEN 'failing'
  ELSE 'active' END AS state
RETURN state, count(*) AS webhooks
`;
