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

/** Changes in the order of their commits, by the index on at; what they are is read afterwards, bounded in bytes. */
export const LOOK_AT_CHANGES = `
MATCH (row:WebhookOutbox)
WHERE row.at >= 0 AND row.event IS NULL
RETURN elementId(row) AS node, coalesce(toStringOrNull(row.id), '') AS id, row.at AS at, size(row.changes) AS size,
  toStringOrNull(row.tx) AS tx, toIntegerOrNull(row.parts) AS parts
ORDER BY row.at, row.seq LIMIT $limit
`;

/** What was emitted through the graph, by the index on event: captured rows are not in it. */
export const LOOK_AT_EMISSIONS = `
MATCH (row:WebhookOutbox)
WHERE row.event IS NOT NULL
RETURN elementId(row) AS node, coalesce(toStringOrNull(row.id), '') AS id,
  row {.id, .at, .event, .project_id, .data, .timestamp, .traceparent} AS row,
  size(toStringOrNull(row.data)) AS size
ORDER BY coalesce(toIntegerOrNull(row.at), 0), node LIMIT $limit
`;

export const READ_CHANGES = `
UNWIND $rows AS item
MATCH (row:WebhookOutbox) WHERE elementId(row) = item[0] AND coalesce(toStringOrNull(row.id), '') = item[1]
RETURN item[0] AS node, row.changes AS changes
`;

/** Rows become several smaller ones, of the same time: what they say stays the same. */
export const SPLIT_ROWS = `
UNWIND $rows AS item
MATCH (row:WebhookOutbox) WHERE elementId(row) = item[0] AND coalesce(toStringOrNull(row.id), '') = item[1]
FOREACH (changes IN item[2] |
  CREATE (:WebhookOutbox {id: randomUUID(), at: row.at, seq: row.seq, changes: changes})
)
DELETE row
RETURN count(*) AS split
`;

/** Rows that neither of the two looks finds: written by hand, or by a plugin that could not write what changed. */
export const LOOK_AT_ODD_ROWS = `
MATCH (row:WebhookOutbox)
WHERE row.event IS NULL AND (NOT coalesce(row.at >= 0, false) OR row.changes IS NULL)
RETURN elementId(row) AS node, toStringOrNull(row.error) AS error LIMIT $limit
`;

/** Sets rows aside that cannot become events, with the reason; repeatable, because they lose their label. */
export const REJECT_ROWS = `
UNWIND $rows AS item
MATCH (row:WebhookOutbox) WHERE elementId(row) = item[0]
SET row:WebhookOutboxRejected, row.error = item[1], row.rejected_at = $now
REMOVE row:WebhookOutbox
RETURN count(row) AS rejected
`;

/** What was set aside is kept to be looked at, but not for ever. */
export const FORGET_REJECTED = `
MATCH (row:WebhookOutboxRejected) WHERE row.rejected_at >= ''
WITH row ORDER BY row.rejected_at DESC SKIP $keep LIMIT 1000
DELETE row
`;

/** The plugin sees who asks, and answers within the same transaction; nobody else does. */
export const PROBE_PLUGIN = `
MERGE (probe:WebhookCapture {id: 'probe'})
SET probe.asked = $question
`;

export const PROBE_ANSWER = `
MATCH (probe:WebhookCapture {id: 'probe'})
RETURN probe.answered = $question AS answered, probe.version AS version
`;

/** What waits and what was lost. The first row by the index on at. */
export const OUTBOX_STATUS = `
OPTIONAL MATCH (plugin:WebhookCapture {id: 'plugin'})
OPTIONAL MATCH (relay:WebhookRegistry {id: 'relay'})
RETURN COUNT { (:WebhookOutbox) } AS rows, COUNT { (:WebhookOutboxRejected) } AS rejected,
  plugin.lost AS lost, plugin.gap_since AS gap_since, plugin.last_error AS last_error,
  relay.scan_asked_at AS scan_asked_at, relay.last_scan AS last_scan,
  COLLECT { MATCH (row:WebhookOutbox) WHERE row.at >= 0 RETURN row.at ORDER BY row.at LIMIT 1 }[0] AS oldest_at
`;

/**
 * The present state of entities and orphans, and of those of their fields that were asked for. By Basset Hound's own
 * constraints where they are; without them in one scan for all, not one for each.
 */
export const ENTITY_STATES = `
MATCH (person:Person) WHERE person.id IN $ids
RETURN person.id AS id, person.entity_type AS type,
  [(project:Project)-[:HAS_PERSON]->(person) | [project.safe_name, project.id]][0] AS project,
  [(person)-[:HAS_FIELD_VALUE]->(name:FieldValue {section_id: 'core', field_id: 'name'}) | name.value][0] AS name,
  [(person)-[:HAS_FIELD_VALUE]->(field:FieldValue)
    WHERE field.section_id + '.' + field.field_id IN $fields
    | [field.section_id + '.' + field.field_id, field.value]] AS fields
`;

export const ORPHAN_STATES = `
MATCH (orphan:OrphanData) WHERE orphan.id IN $ids
RETURN orphan.id AS id, orphan.identifier_type AS type, orphan.identifier_value AS value,
  [(project:Project)-[:HAS_ORPHAN]->(orphan) | [project.safe_name, project.id]][0] AS project
`;
