import { LONGEST_DATA } from './graph-event.js';

/** Which row it is; empty where it has no id. */
const ID = "coalesce(toStringOrNull(row.id), '')";
/** A row by its node, if it still is the one that was read: Neo4j gives nodes to others later. */
const THE_ROW = `MATCH (row:WebhookOutbox) WHERE elementId(row) = item[0] AND ${ID} = item[1]`;

/** Answered by the count store: no index, no scan. `now` is the clock that the rows have their times from. */
export const COUNT_ROWS = `
RETURN COUNT { (:WebhookOutbox) } AS rows, timestamp() AS now
`;

/** The relay is one instance: the one that has it, for as long as that is registered. SET locks before the check. */
export const TAKE_RELAY = `
MERGE (relay:WebhookRegistry {id: 'relay'})
SET relay.asked_by = $instance
WITH relay
OPTIONAL MATCH (owner:WebhookInstance {id: relay.owner})
WITH relay, owner WHERE owner IS NULL OR owner.dead IS NOT NULL OR relay.owner = $instance
SET relay.owner = $instance
RETURN relay.owner AS owner
`;

/**
 * Changes in the order of their commits, by the index on at. Short ones come along; what the others are is read
 * afterwards, bounded in bytes. Anybody may have written a row, so nothing is taken for a text that is none.
 */
export const LOOK_AT_CHANGES = `
MATCH (row:WebhookOutbox)
WHERE row.at >= 0 AND row.event IS NULL
WITH row ORDER BY row.at, row.seq LIMIT $limit
WITH row, toStringOrNull(row.changes) AS changes
RETURN elementId(row) AS node, ${ID} AS id, row.at AS at, size(changes) AS size,
  CASE WHEN size(changes) <= 1024 THEN changes END AS changes,
  left(toStringOrNull(row.tx), 64) AS tx, toIntegerOrNull(row.parts) AS parts
ORDER BY row.at, row.seq
`;

/** What is no text is false, so that it is refused; of one that is too long for any rule so much that it still is. */
const given = (key: string): string =>
  `${key}: CASE WHEN row.${key} IS :: STRING THEN left(row.${key}, 1025) ELSE false END`;

/** What was emitted through the graph, by the index on event: captured rows are not in it. Long data are read afterwards. */
export const LOOK_AT_EMISSIONS = `
MATCH (row:WebhookOutbox)
WHERE row.event IS NOT NULL
WITH row, elementId(row) AS node ORDER BY coalesce(toIntegerOrNull(row.at), 0), node LIMIT $limit
WITH row, node, coalesce(size(toStringOrNull(row.data)), 0) AS size
RETURN node, ${ID} AS id, size,
  {at: toIntegerOrNull(row.at), ${['id', 'event', 'project_id', 'timestamp', 'traceparent'].map(given).join(', ')},
    data: CASE WHEN NOT row.data IS :: STRING THEN false WHEN size <= ${LONGEST_DATA} THEN row.data END} AS row
ORDER BY coalesce(toIntegerOrNull(row.at), 0), node
`;

/** The long texts of rows. */
export const READ_TEXTS = `
UNWIND $rows AS item
${THE_ROW}
RETURN item[0] AS node, CASE WHEN row.event IS NULL THEN row.changes ELSE row.data END AS text
`;

/** Rows become several smaller ones, of the same time: what they say stays the same. */
export const SPLIT_ROWS = `
UNWIND $rows AS item
${THE_ROW}
FOREACH (changes IN item[2] |
  CREATE (:WebhookOutbox {id: randomUUID(), at: row.at, seq: row.seq, changes: changes})
)
DETACH DELETE row
RETURN count(*) AS split
`;

/** Rows that neither of the two looks finds: written by hand, or by a plugin that could not write what changed. */
export const LOOK_AT_ODD_ROWS = `
MATCH (row:WebhookOutbox)
WHERE row.event IS NULL AND (NOT coalesce(row.at >= 0, false) OR toStringOrNull(row.changes) IS NULL)
RETURN elementId(row) AS node, ${ID} AS id, left(toStringOrNull(row.error), 1000) AS error
LIMIT $limit
`;

/** What was changed and not captured is a gap, also where whoever lost it was killed before it could say so. */
export const MARK_GAP = `
MERGE (plugin:WebhookCapture {id: 'plugin'})
SET plugin.gap_since = coalesce(toIntegerOrNull(plugin.gap_since), timestamp())
`;

/** Sets rows aside that cannot become events, with the reason; repeatable, because they lose their label. */
export const REJECT_ROWS = `
UNWIND $rows AS item
${THE_ROW}
SET row:WebhookOutboxRejected, row.error = item[2], row.rejected_at = $now
REMOVE row:WebhookOutbox
RETURN count(row) AS rejected
`;

/** What was set aside is kept to be looked at, but not for ever. */
export const FORGET_REJECTED = `
MATCH (row:WebhookOutboxRejected) WHERE row.rejected_at >= ''
WITH row ORDER BY row.rejected_at DESC SKIP $keep LIMIT 1000
DETACH DELETE row
`;

/** The plugin sees who asks, and answers within the same transaction; nobody else does. */
export const PROBE_PLUGIN = `
MERGE (probe:WebhookCapture {id: 'probe'})
SET probe.asked = $question
`;

/** Whoever asked last: of several that ask at once each hears of the plugin. */
export const PROBE_ANSWER = `
MATCH (probe:WebhookCapture {id: 'probe'})
RETURN probe.answered = probe.asked AS answered, probe.version AS version
`;

/** What waits and what was lost. The first row by the index on at. */
export const OUTBOX_STATUS = `
OPTIONAL MATCH (plugin:WebhookCapture {id: 'plugin'})
OPTIONAL MATCH (relay:WebhookRegistry {id: 'relay'})
RETURN COUNT { (:WebhookOutbox) } AS rows, COUNT { (:WebhookOutboxRejected) } AS rejected,
  plugin.lost AS lost, plugin.gap_since AS gap_since, plugin.last_error AS last_error,
  toStringOrNull(relay.scan_asked_at) AS scan_asked_at, relay.last_scan AS last_scan,
  COLLECT { MATCH (row:WebhookOutbox) WHERE row.at >= 0 RETURN row.at ORDER BY row.at LIMIT 1 }[0] AS oldest_at
`;
