import type { EVENT_TYPES } from './event-types.js';

/** JSON Schema in the words that draft 7, 2020-12 and OpenAPI 3.0 share. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maxItems?: number;
}

/** What the `data` of an event is. */
export interface PayloadDescription {
  /** Other keys may be there: who emits an event over HTTP says what it likes. */
  readonly schema: JsonSchema;
  /** What `data` may look like; valid by the schema. */
  readonly example: Readonly<Record<string, unknown>>;
}

type Properties = Readonly<Record<string, JsonSchema>>;

const text = (description: string): JsonSchema => ({ type: 'string', description });
const texts = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string' },
  description,
});
const anyObject = (description: string): JsonSchema => ({ type: 'object', description });
const record = (properties: Properties, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
});

/** What stands for many events of one action, where `CAPTURE_FOLD` is set. */
const FOLDED = record(
  {
    folded: { type: 'boolean', enum: [true], description: 'One event for many of this type and project.' },
    count: { type: 'integer', minimum: 2, description: 'How many it stands for.' },
    ids: { ...texts('Of whom it tells; the first 100.'), maxItems: 100 },
  },
  ['folded', 'count', 'ids'],
);

/** Of an event that changes of the graph tell: alone, or folded. */
const captured = (properties: Properties, required: readonly string[]): JsonSchema => ({
  anyOf: [record(properties, required), FOLDED],
});

const PROJECT_UUID = text('UUID of the project, whose `safe_name` is the `project_id` of the event.');
const ENTITY = {
  entity_id: text('`Person.id`.'),
  name: text('`core.name`, its components joined; absent where there is none.'),
  type: text('`Person.entity_type`; absent where it was never set.'),
};
const ENTITY_STATE = {
  ...ENTITY,
  project_uuid: PROJECT_UUID,
  fields: texts('What changed: `section.field`, or the name of a property of the entity itself.'),
  files: texts('Ids of files that were added or removed.'),
  values: anyObject('Present values by field; only with `CAPTURE_VALUES=on`.'),
};
const RELATIONSHIP = {
  source_id: text('Whose relationship it is.'),
  target_id: text('To whom.'),
  relationship_type: text('Such as `KNOWS`.'),
  project_uuid: PROJECT_UUID,
  properties: { description: 'As Basset Hound stores them; only with `CAPTURE_VALUES=on`.' },
};
const OF_RELATIONSHIP = ['source_id', 'target_id', 'relationship_type'];
const PROJECT = {
  project_id: text('UUID of the project.'),
  safe_name: text('Its name in addresses.'),
  name: text('Its name.'),
};

const JANE = { entity_id: '9f34a1c2-7d55-4c0e-8a54-2f1d7c0be001', name: 'Jane Roe', type: 'person' };
const CASE_UUID = '6f9b0c52-58d1-4c1e-9c55-0b0c1f6a2d11';
const FRIENDS = {
  source_id: JANE.entity_id,
  target_id: '0b7e0d9e-5c1f-4f0c-9d2a-6c9a4f7be002',
  relationship_type: 'FRIEND',
};
const ORPHAN_ID = 'c3d8a2f4-93aa-4d57-8b65-1e2f5d6be003';
const COLD_CASE = { project_id: CASE_UUID, safe_name: 'cold_case', name: 'Cold Case' };

/** Of events that no change of the graph tells: the program that emits them says what `data` holds. */
const emitted = (example: Readonly<Record<string, unknown>>): PayloadDescription => ({
  schema: anyObject('Whatever the program that emits the event gives; `{}` if it gives nothing.'),
  example,
});

/** The `data` of the 20 events: what capture and this service write themselves, and examples of what others emit. */
export const PAYLOADS: Readonly<Record<(typeof EVENT_TYPES)[number], PayloadDescription>> = {
  'entity.created': {
    schema: captured(ENTITY_STATE, ['entity_id']),
    example: { ...JANE, project_uuid: CASE_UUID, fields: ['core.name', 'core.email'] },
  },
  'entity.updated': {
    schema: captured(ENTITY_STATE, ['entity_id', 'fields']),
    example: { ...JANE, project_uuid: CASE_UUID, fields: ['core.nationality'] },
  },
  'entity.deleted': { schema: captured(ENTITY, ['entity_id']), example: JANE },
  'relationship.created': {
    schema: captured(RELATIONSHIP, OF_RELATIONSHIP),
    example: { ...FRIENDS, project_uuid: CASE_UUID },
  },
  'relationship.updated': {
    schema: captured(
      { ...RELATIONSHIP, previous_type: text('Where the type is what changed.') },
      OF_RELATIONSHIP,
    ),
    example: { ...FRIENDS, previous_type: 'KNOWS', project_uuid: CASE_UUID },
  },
  'relationship.deleted': {
    schema: captured(RELATIONSHIP, OF_RELATIONSHIP),
    example: { ...FRIENDS, project_uuid: CASE_UUID },
  },
  'search.executed': emitted({ query: 'marsh', results: 3 }),
  'saved_search.executed': emitted({ name: 'New domains', results: 2 }),
  'report.generated': emitted({ report_id: 'r-1', title: 'Findings' }),
  'report.scheduled': emitted({ report_id: 'r-1', title: 'Findings', scheduled_for: '2026-12-01T08:00:00Z' }),
  'import.started': emitted({ import_id: 'i-1', filename: 'people.csv' }),
  'import.completed': emitted({ import_id: 'i-1', filename: 'people.csv', count: 120 }),
  'import.failed': emitted({ import_id: 'i-1', filename: 'people.csv', error: 'line 7 has no name' }),
  'export.completed': emitted({ export_id: 'x-1', filename: 'case.json' }),
  'project.created': { schema: captured(PROJECT, ['safe_name']), example: COLD_CASE },
  'project.deleted': { schema: captured(PROJECT, ['safe_name']), example: COLD_CASE },
  'orphan.created': {
    schema: captured(
      {
        orphan_id: text('`OrphanData.id`.'),
        identifier_type: text('Such as `email`.'),
        identifier_value: { description: 'Only with `CAPTURE_VALUES=on`.' },
        project_uuid: PROJECT_UUID,
      },
      ['orphan_id'],
    ),
    example: { orphan_id: ORPHAN_ID, identifier_type: 'email', project_uuid: CASE_UUID },
  },
  'orphan.linked': {
    schema: captured(
      { orphan_id: text('`OrphanData.id`.'), entity_id: text('`Person.id`.'), project_uuid: PROJECT_UUID },
      ['orphan_id', 'entity_id'],
    ),
    example: { orphan_id: ORPHAN_ID, entity_id: JANE.entity_id, project_uuid: CASE_UUID },
  },
  'system.health': {
    schema: {
      type: 'object',
      description:
        'What this service tells of a webhook; a test of a webhook is written down as this type, too, and has only `message`.',
      properties: {
        kind: {
          type: 'string',
          enum: ['webhook.disabled', 'webhook.failing', 'webhook.recovered'],
          description: 'What happened to the webhook.',
        },
        webhook_id: text('Of which webhook it tells; it never gets this itself.'),
        webhook_name: text('The name of that webhook.'),
        reason: text('Why, in words.'),
        cause: text('Why, as a word; with `webhook.disabled`.'),
        disabled_at: { ...text('With `webhook.disabled`.'), format: 'date-time' },
        failing_since: { ...text('With the other two.'), format: 'date-time' },
        message: text('Of a test.'),
      },
    },
    example: {
      kind: 'webhook.failing',
      webhook_id: '0198c0de-0000-7000-8000-000000000001',
      webhook_name: 'SIEM',
      reason: '20 attempts in a row failed; only probes go out until one succeeds',
      failing_since: '2026-11-26T12:00:00.000Z',
    },
  },
  'rate_limit.exceeded': emitted({ source: 'crt.sh', limit: 60, retry_after: 30 }),
};
