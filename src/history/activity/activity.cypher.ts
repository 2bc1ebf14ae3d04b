import { PROPERTIES, SUMMED } from './activity-sums.js';

const NAMES = SUMMED.map((key) => PROPERTIES[key]);

/**
 * Adds to the hours: one node for each webhook and hour, and one for all webhooks together. The rows come in the order
 * of their ids, so that instances do not wait for each other crosswise. What somebody has spoiled begins anew.
 */
export const ADD_ACTIVITY = `
UNWIND $rows AS row
MERGE (hour:WebhookActivity {id: row.id})
ON CREATE SET hour.webhook_id = row.webhook_id, hour.from = row.from
SET ${NAMES.map((name) => `hour.${name} = coalesce(toIntegerOrNull(hour.${name}), 0) + row.${name}`).join(', ')}
`;

const SUMS = NAMES.map((name) => `sum(coalesce(toIntegerOrNull(hour.${name}), 0)) AS ${name}`).join(', ');

/**
 * The hours of one webhook, or of all: a range of the index on the id, which is <webhook>/<hour>. Whoever asks for a
 * webhook named as the sum of all is called gets none of it.
 */
export const READ_ACTIVITY = `
MATCH (hour:WebhookActivity) WHERE hour.id >= $first AND hour.id < $last
  AND ($webhook_id IS NULL OR hour.webhook_id = $webhook_id)
WITH hour, toStringOrNull(hour.from) AS from WHERE from IS NOT NULL
RETURN from, ${SUMS}
`;

/** One sum for each webhook; the node of all webhooks together has no webhook_id. */
export const SUM_ACTIVITY = `
MATCH (hour:WebhookActivity) WHERE hour.from >= $since
WITH hour, toStringOrNull(hour.webhook_id) AS webhook_id
WHERE webhook_id IS NOT NULL AND ($webhook_id IS NULL OR webhook_id = $webhook_id)
RETURN webhook_id, ${SUMS}
ORDER BY webhook_id
LIMIT $limit
`;

export const FORGET_ACTIVITY = `
MATCH (hour:WebhookActivity) WHERE hour.from < $before
WITH hour LIMIT $limit
DELETE hour
RETURN count(*) AS forgotten
`;
