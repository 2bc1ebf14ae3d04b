/** A value as it is compared: a text that is very long by its size, its beginning and its end. */
const short = (value: string): string =>
  `CASE WHEN size(toStringOrNull(${value})) > 16384
    THEN [size(${value}), left(${value}, 4096), right(${value}, 4096)] ELSE ${value} END`;

const FIELD = `field.section_id, field.field_id, ${short('field.value')}`;

/** @param field of each, as a list */
const entity = (field: string): string => `
  person.id AS id,
  [(project:Project)-[:HAS_PERSON]->(person) | [project.safe_name, project.id]][0] AS project,
  [key IN keys(person) | [key, ${short('person[key]')}]] AS own,
  [(person)-[:HAS_FIELD_VALUE]->(field:FieldValue) | [${field}]] AS fields,
  [(person)-[:HAS_FILE]->(file:File) | file.id] AS files,
  [(person)-[tag:TAGGED]->(target:Person) | [target.id, tag.relationship_type, properties(tag)]] AS tags`;

const ENTITY = entity(FIELD);
/** Events tell whether a long value is another one, too: of the fields that they speak of it comes whole. */
const ENTITY_AS_TOLD = entity(`${FIELD}, CASE WHEN size(toStringOrNull(field.value)) > 16384
    AND field.section_id + '.' + field.field_id IN $fields THEN field.value END`);

const ORPHAN = `
  orphan.id AS id, orphan.identifier_type AS type, orphan.identifier_value AS value,
  [(project:Project)-[:HAS_ORPHAN]->(orphan) | [project.safe_name, project.id]][0] AS project,
  [(orphan)-[:LINKED_TO]->(target:Person) | target.id] + [orphan.linked_entity_id] AS links`;

/** All entities, a page at a time, by Basset Hound's own constraint. */
export const SCAN_ENTITIES = `
MATCH (person:Person) WHERE person.id > $after
WITH person ORDER BY person.id LIMIT $limit
RETURN ${ENTITY}
`;

export const SCAN_ORPHANS = `
MATCH (orphan:OrphanData) WHERE orphan.id > $after
WITH orphan ORDER BY orphan.id LIMIT $limit
RETURN ${ORPHAN}
`;

export const SCAN_PROJECTS = `
MATCH (project:Project) WHERE project.safe_name > $after
RETURN project.safe_name AS id, project.id AS uuid, project.name AS name ORDER BY id LIMIT $limit
`;

export const ENTITIES_NOW = `
MATCH (person:Person) WHERE person.id IN $ids
RETURN ${ENTITY}
`;

/** By Basset Hound's own constraint where it is; without it in one scan for all, not one for each. */
export const ENTITIES_TO_TELL = `
MATCH (person:Person) WHERE person.id IN $ids
RETURN ${ENTITY_AS_TOLD}
`;

export const ORPHANS_NOW = `
MATCH (orphan:OrphanData) WHERE orphan.id IN $ids
RETURN ${ORPHAN}
`;

export const PROJECTS_NOW = `
MATCH (project:Project) WHERE project.safe_name IN $ids
RETURN project.safe_name AS id, project.id AS uuid, project.name AS name
`;

export const KNOWN_PAGE = `
MATCH (known:WebhookKnown) WHERE known.id > $after
RETURN known.id AS id, known.facts AS facts ORDER BY known.id LIMIT $limit
`;

export const KNOWN_OF = `
MATCH (known:WebhookKnown) WHERE known.id IN $ids
RETURN known.id AS id, known.facts AS facts
`;

export const SAVE_KNOWN = `
UNWIND $known AS item
MERGE (known:WebhookKnown {id: item[0]})
SET known.facts = item[1]
`;

/** What was found missing, as if it had been captured now. */
export const WRITE_FOUND = `
UNWIND $changes AS changes
CREATE (:WebhookOutbox {id: randomUUID(), at: timestamp(), changes: changes})
`;

/** The scan that is asked for, and what is known of the gap; asked for again while one runs, it is the same one. */
export const ASK_FOR_SCAN = `
MERGE (relay:WebhookRegistry {id: 'relay'})
SET relay.scan_asked_at = coalesce(toStringOrNull(relay.scan_asked_at), $now)
RETURN relay.scan_asked_at AS asked_at
`;

export const SCAN_DUE = `
OPTIONAL MATCH (relay:WebhookRegistry {id: 'relay'})
OPTIONAL MATCH (plugin:WebhookCapture {id: 'plugin'})
RETURN toStringOrNull(relay.scan_asked_at) AS asked_at, toStringOrNull(relay.known_since) AS known_since,
  toIntegerOrNull(plugin.gap_since) AS gap_since, toIntegerOrNull(plugin.lost) AS lost, timestamp() AS now,
  COLLECT { MATCH (row:WebhookOutbox) WHERE row.at >= 0 RETURN row.at ORDER BY row.at LIMIT 1 }[0] AS oldest_at
`;

/** The gap is closed only if nothing was lost since the scan began. */
export const END_SCAN = `
MATCH (relay:WebhookRegistry {id: 'relay'})
SET relay.scan_asked_at = null, relay.last_scan = $scan, relay.known_since = coalesce(toStringOrNull(relay.known_since), $now)
WITH relay
OPTIONAL MATCH (plugin:WebhookCapture {id: 'plugin'})
WHERE coalesce(toIntegerOrNull(plugin.lost), 0) = $lost AND toIntegerOrNull(plugin.gap_since) = $gap_since
SET plugin.gap_since = null
RETURN relay.last_scan AS scan
`;

/** The plugin was seen now: what it was not there for begins here, if it goes. */
export const SAW_PLUGIN = `
MERGE (plugin:WebhookCapture {id: 'plugin'})
SET plugin.seen_at = timestamp()
`;

/** The plugin was there and is not any more: a gap, which began when it was last seen. */
export const MISSED_PLUGIN = `
MATCH (plugin:WebhookCapture {id: 'plugin'}) WHERE plugin.seen_at IS NOT NULL AND plugin.gap_since IS NULL
SET plugin.gap_since = plugin.seen_at, plugin.last_error = 'the capture plugin is not there'
`;
