const TYPES = `['HAS_PERSON', 'HAS_FIELD_VALUE', 'HAS_FILE', 'HAS_ORPHAN', 'LINKED_TO', 'TAGGED']`;

/** Former values of a property of deleted nodes, by their element ids. */
const former = (key: string): string =>
  `apoc.map.fromPairs([entry IN coalesce($removedNodeProperties.${key}, []) | [elementId(entry.node), entry.old]]) AS was_${key}`;

/** Properties of an edge that is gone cannot be read. */
const edges = (list: string, type: string): string =>
  `[edge IN ${list} WHERE type(edge) IN ${TYPES} | {t: type(edge), id: elementId(edge), s: startNode(edge),
    e: endNode(edge), type: ${type}, si: elementId(startNode(edge)), ei: elementId(endNode(edge))}]`;

/** A property of an end of an edge, whether that is still there or not. */
const of = (end: 's' | 'e', key: string): string =>
  `CASE WHEN dead[edge.${end}i] THEN was_${key}[edge.${end}i] ELSE edge.${end}.${key} END`;

const lost = (label: string): string =>
  `[node IN coalesce($removedLabels.${label}, []) WHERE dead[elementId(node)] | elementId(node)]`;

/** Changes of properties of nodes that were there before and still are. */
const changed = (list: string): string =>
  `[key IN keys(${list}) | [entry IN ${list}[key] WHERE NOT coalesce(dead[elementId(entry.node)], false)
    AND NOT coalesce(fresh[elementId(entry.node)], false) AND NOT coalesce(entry.old = entry.new, false)
    | [key, entry.node, entry.old]]]`;

const BEFORE = `
WITH 1 AS go WHERE $metaData.webhooks IS NULL
WITH apoc.map.fromPairs([node IN $deletedNodes | [elementId(node), true]]) AS dead,
  apoc.map.fromPairs([node IN $createdNodes | [elementId(node), true]]) AS fresh,
  ${['id', 'safe_name', 'name', 'entity_type', 'section_id', 'field_id', 'value'].map(former).join(',\n  ')},
  apoc.map.fromPairs([entry IN coalesce($removedRelationshipProperties.relationship_type, [])
    | [elementId(entry.relationship), entry.old]]) AS tag,
  ${edges('$deletedRelationships', 'null')} AS gone,
  ${edges('$createdRelationships', 'edge.relationship_type')} AS made`;

const GONE = `
WITH dead, was_id, was_safe_name, was_name, was_entity_type, made, [edge IN made | edge.id] AS new,
  [edge IN gone | CASE edge.t
    WHEN 'HAS_FIELD_VALUE' THEN ['-HAS_FIELD_VALUE', ${of('s', 'id')}, null, ${of('e', 'section_id')}, ${of('e', 'field_id')}, ${of('e', 'value')}]
    WHEN 'HAS_PERSON' THEN ['-HAS_PERSON', ${of('s', 'safe_name')}, ${of('e', 'id')}, null, null, ${of('s', 'id')}]
    WHEN 'HAS_ORPHAN' THEN ['-HAS_ORPHAN', ${of('s', 'safe_name')}, ${of('e', 'id')}, null, null, ${of('s', 'id')}]
    WHEN 'TAGGED' THEN ['-TAGGED', ${of('s', 'id')}, ${of('e', 'id')}, null, null, {relationship_type: tag[edge.id]}]
    ELSE ['-' + edge.t, ${of('s', 'id')}, ${of('e', 'id')}] END] AS gone,
  reduce(all = [], list IN ${changed('$assignedNodeProperties')} + ${changed('$removedNodeProperties')} | all + list) AS changed`;

const RELATIONSHIPS_ONLY = `CASE WHEN node.section_id = 'Tagged People' THEN node.value END`;

const CHANGES = `
WITH gone
  + [key IN ${lost('Person')} | ['-Person', null, was_id[key], null, null, was_entity_type[key]]]
  + [key IN ${lost('Project')} | ['-Project', was_safe_name[key], was_id[key], null, null, was_name[key]]]
  + [key IN ${lost('OrphanData')} | ['-OrphanData', null, was_id[key]]]
  + [node IN coalesce($assignedLabels.Project, []) | ['+Project', node.safe_name, node.id, null, null, node.name]]
  + [edge IN made WHERE edge.t <> 'LINKED_TO' OR edge.s:OrphanData | CASE edge.t
    WHEN 'HAS_FIELD_VALUE' THEN ['+HAS_FIELD_VALUE', edge.s.id, null, edge.e.section_id, edge.e.field_id,
      CASE WHEN edge.e.section_id = 'Tagged People' THEN edge.e.value END]
    WHEN 'HAS_PERSON' THEN ['+HAS_PERSON', edge.s.safe_name, edge.e.id, null, null, edge.s.id]
    WHEN 'HAS_ORPHAN' THEN ['+HAS_ORPHAN', edge.s.safe_name, edge.e.id, null, null, edge.s.id]
    WHEN 'TAGGED' THEN ['+TAGGED', edge.s.id, edge.e.id, null, null, {relationship_type: edge.type}]
    ELSE ['+' + edge.t, edge.s.id, edge.e.id] END]
  + [entry IN changed WHERE entry[1]:Person | ['~Person', null, entry[1].id, entry[0]]]
  + [entry IN changed WHERE entry[1]:OrphanData | ['~OrphanData', null, entry[1].id, entry[0], null,
    CASE entry[0] WHEN 'linked_entity_id' THEN entry[1].linked_entity_id END]]
  + reduce(all = [], entry IN [entry IN changed WHERE entry[1]:FieldValue AND entry[0] = 'value'] | all
    + reduce(own = [], node IN [entry[1]] | own
      + reduce(sides = [], owner IN [(person)-[:HAS_FIELD_VALUE]->(node) | person.id] | sides
        + [['-HAS_FIELD_VALUE', owner, null, node.section_id, node.field_id, entry[2]]]
        + [['+HAS_FIELD_VALUE', owner, null, node.section_id, node.field_id, ${RELATIONSHIPS_ONLY}]])))
  + [edge IN apoc.coll.toSet(reduce(all = [], key IN keys($assignedRelationshipProperties) | all
      + [entry IN $assignedRelationshipProperties[key] WHERE type(entry.relationship) = 'TAGGED'
        AND NOT elementId(entry.relationship) IN new | entry.relationship]))
    | ['~TAGGED', startNode(edge).id, endNode(edge).id, null, null, {relationship_type: edge.relationship_type}]]
  AS changes
WHERE size(changes) > 0
CREATE (:WebhookOutbox {id: randomUUID(), at: timestamp(), changes: apoc.convert.toJson(changes)})`;

/**
 * What a trigger of APOC writes into the outbox, in the phase `before`: the same rows as the plugin, one for each
 * transaction. Whatever throws in it fails the commit of a user, so nothing of a deleted node is read but what APOC hands
 * over: its id, and its former labels and properties.
 */
export const TRIGGER_STATEMENT = `${BEFORE}${GONE}${CHANGES}`;
