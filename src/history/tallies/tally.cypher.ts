/** Webhooks whose tally somebody took away: one seek in the index on its id for each; and those that are counted again. */
export const UNTALLIED = `
CALL () {
  MATCH (webhook:Webhook) WHERE webhook.id >= '' AND NOT EXISTS { (:WebhookTally {id: webhook.id}) }
  RETURN webhook.id AS id LIMIT $limit
  UNION
  MATCH (webhook:DeletedWebhook) WHERE webhook.id >= '' AND NOT EXISTS { (:WebhookTally {id: webhook.id}) }
  RETURN webhook.id AS id LIMIT $limit
  UNION
  MATCH (tally:WebhookTally) WHERE tally.id >= '' AND tally.uncounted_until IS NOT NULL
  RETURN tally.id AS id LIMIT $limit
}
RETURN id
`;

/** The next webhook that deliveries name, in the order of ids: one entry of the index, however many deliveries it has. */
export const NEXT_NAMED = `
MATCH (delivery:WebhookDelivery)
USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
WHERE delivery.webhook_id > $after AND delivery.status >= '' AND delivery.id >= ''
WITH delivery ORDER BY delivery.webhook_id, delivery.status, delivery.id LIMIT 1
RETURN delivery.webhook_id AS id, EXISTS { (:WebhookTally {id: delivery.webhook_id}) } AS tallied
`;

/** Of one webhook and state, at most $most, along the index. */
const ofState = (status: string): string => `
  MATCH (delivery:WebhookDelivery)
  USING INDEX delivery:WebhookDelivery(webhook_id, status, id)
  WHERE delivery.webhook_id = $id AND delivery.status = ${status} AND delivery.id >= ''
  WITH delivery LIMIT $most`;

/**
 * Makes the tally of a webhook anew, with the counts that the graph has. The webhook is locked first, as everywhere, which
 * also keeps its new deliveries away; and it must be there, or deliveries of it, or it is one that was just forgotten.
 * An outcome that was under way and saw no tally is counted nowhere: so all is counted again, under the lock of the
 * tally, at a time when that outcome must be written ($settled), and for as long as there is more than $most of a state.
 * What was evicted counts as delivered: nobody knows it any more, and without it the count of what waits were wrong.
 * What has failed is taken for missed, and what was to be queued again by itself for an outage that lasts: too
 * much rather than too little. See END_WAITING for "ending".
 */
export const COUNT_ANEW = `
OPTIONAL MATCH (webhook:Webhook {id: $id})
OPTIONAL MATCH (deleted:DeletedWebhook {id: $id})
WITH coalesce(webhook, deleted) AS owner, webhook IS NOT NULL AS lives,
  coalesce(webhook.active = true, false) AS isActive
REMOVE owner.purge_at
WITH owner, lives, isActive
WHERE owner.id IS NOT NULL OR EXISTS {
  MATCH (delivery:WebhookDelivery) WHERE delivery.webhook_id = $id AND delivery.status >= '' AND delivery.id >= ''
}
OPTIONAL MATCH (former:WebhookTally {id: $id})
WITH owner, lives, isActive, former IS NULL AS made
MERGE (tally:WebhookTally {id: $id})
ON CREATE SET tally.successes = 0, tally.failures = 0, tally.kept = 0, tally.kept_successes = 0,
  tally.uncounted_until = $settled, tally.ending = coalesce(toIntegerOrNull(owner.generation), 0)
REMOVE tally.purge_at
WITH owner, lives, isActive, made, tally WHERE tally.uncounted_until IS NOT NULL
CALL () {${ofState("'success'")}
  RETURN count(delivery) AS successes
}
CALL () {${ofState("'failed'")}
  RETURN count(delivery) AS failures, min(CASE delivery.recovery WHEN 'due' THEN delivery.created_at END) AS due_from,
    min(CASE WHEN delivery.single IS NULL AND coalesce(delivery.outcome, '') <> 'rejected'
      THEN delivery.created_at END) AS lost_from
}
CALL () {
  UNWIND ['pending', 'sending', 'retrying'] AS status
  CALL (status) {${ofState('status')}
    RETURN count(delivery) AS waiting
  }
  RETURN sum(waiting) AS unfinished
}
WITH made, lives, isActive, tally, successes, failures, due_from, lost_from, successes = $most OR failures = $most AS more,
  coalesce(toIntegerOrNull(owner.delivery_count), 0) - unfinished - successes - failures AS evicted
SET tally.kept = successes + failures, tally.kept_successes = successes, tally.failures = failures,
  tally.successes = successes + CASE WHEN evicted > 0 THEN evicted ELSE 0 END
FOREACH (missing IN CASE WHEN lives AND lost_from IS NOT NULL AND tally.lost_since IS NULL THEN [tally] ELSE [] END |
  SET missing.lost_before = coalesce(missing.lost_before, lost_from)
)
FOREACH (due IN CASE WHEN isActive AND due_from IS NOT NULL AND tally.requeue_since IS NULL THEN [tally] ELSE [] END |
  SET due.requeue_since = due_from, due.failing_since = coalesce(due.failing_since, due_from)
)
FOREACH (counted IN CASE WHEN more OR tally.uncounted_until > $now THEN [] ELSE [tally] END |
  REMOVE counted.uncounted_until
)
RETURN made
`;
