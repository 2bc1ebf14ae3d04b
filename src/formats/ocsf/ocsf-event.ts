import { milliseconds } from '../event-time.js';
import type { FormatEvent } from '../format.js';
import { messageOf } from '../message.js';
import { SEVERITIES, type Severity } from '../severity.js';
import { cleanLine, fit } from '../text.js';
import { writtenData } from '../wire.js';

const SCHEMA_VERSION = '1.6.0';
const OTHER = 99;

interface OcsfClass {
  readonly category_uid: number;
  readonly class_uid: number;
  readonly activity_id: number;
}

/** Entity Management: what was created, updated or deleted in the graph. */
const managed = (activity: number): OcsfClass => ({
  category_uid: 3,
  class_uid: 3004,
  activity_id: activity,
});
const APPLICATION_ERROR: OcsfClass = { category_uid: 6, class_uid: 6008, activity_id: 1 };
/** The base event: the classes that would fit better demand an actor or an endpoint, and an event has neither. */
const BASE: OcsfClass = { category_uid: 0, class_uid: 0, activity_id: OTHER };

const ACTIVITIES: Readonly<Record<string, number | undefined>> = {
  created: 1,
  updated: 3,
  linked: 3,
  deleted: 4,
};
/** What is managed, with the name of its id in `data`. */
const ENTITIES: Readonly<Record<string, { readonly type: string; readonly id: string } | undefined>> = {
  entity: { type: 'Entity', id: 'entity_id' },
  relationship: { type: 'Relationship', id: 'relationship_id' },
  orphan: { type: 'Orphan', id: 'orphan_id' },
  project: { type: 'Project', id: 'project_id' },
};

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function classOf({ event }: FormatEvent, severity: Severity): OcsfClass {
  const [subject = '', verb = ''] = event.split('.');
  const activity = own(ACTIVITIES, verb);
  if (own(ENTITIES, subject) && activity !== undefined) return managed(activity);
  return event === 'import.failed' || (event === 'system.health' && severity === 'error')
    ? APPLICATION_ERROR
    : BASE;
}

/** A short text of `data`; anything else is none. */
function textOf({ data }: FormatEvent, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = own(data, key);
    const text = typeof value === 'string' ? fit(cleanLine(value.slice(0, 4096)), 256).text : '';
    if (text !== '') return text;
  }
  return undefined;
}

/** What the event is about; OCSF demands a name or an id of it, so an event that has neither gives its own. */
function entityOf(event: FormatEvent): Record<string, unknown> {
  const kind = own(ENTITIES, event.event.split('.', 1)[0] ?? '');
  const uid = textOf(event, kind?.id ?? '', 'id') ?? (kind?.type === 'Project' ? event.projectId : undefined);
  const name = textOf(event, 'name', 'title', 'label', 'value');
  return {
    uid: uid ?? event.id,
    ...(name === undefined ? {} : { name }),
    type: textOf(event, 'type', 'entity_type') ?? kind?.type ?? 'Entity',
    type_id: OTHER,
    data: writtenData(event),
  };
}

const metadata = (event: FormatEvent): Record<string, unknown> => ({
  version: SCHEMA_VERSION,
  uid: event.id,
  event_code: event.event,
  log_name: 'basset_hound.events',
  log_provider: 'basset-hound-webhooks',
  original_time: event.timestamp,
  product: { name: 'Basset Hound', vendor_name: 'Basset Hound' },
  ...(event.projectId === null ? {} : { tenant_uid: event.projectId }),
});

/** 1 is success, 2 failure. */
const statusOf = (event: FormatEvent, severity: Severity): Record<string, unknown> => {
  const detail = textOf(event, 'error', 'reason');
  return severity === 'error'
    ? { status_id: 2, ...(detail === undefined ? {} : { status_detail: detail }) }
    : { status_id: 1 };
};

/** An event as one of the Open Cybersecurity Schema Framework: `data` is in `entity` where there is one, else unmapped. */
export function ocsfEvent(event: FormatEvent, withRawData: boolean): Record<string, unknown> {
  const { severity, summary } = messageOf(event, {});
  const kind = classOf(event, severity);
  return {
    ...kind,
    type_uid: kind.class_uid * 100 + kind.activity_id,
    ...(kind.activity_id === OTHER ? { activity_name: event.event } : {}),
    severity_id: SEVERITIES[severity].ocsf,
    time: milliseconds(event),
    message: summary,
    ...statusOf(event, severity),
    metadata: metadata(event),
    ...(kind.class_uid === 3004 ? { entity: entityOf(event) } : { unmapped: writtenData(event) }),
    ...(withRawData ? { raw_data: event.body.toString('utf8') } : {}),
  };
}
