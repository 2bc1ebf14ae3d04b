import { milliseconds } from '../event-time.js';
import type { FormatEvent } from '../format.js';
import { messageOf } from '../message.js';
import { SEVERITIES, type Severity } from '../severity.js';
import { cleanLine, considered, fit } from '../text.js';
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

const MOST_TEXT = 256;

/** Reads short texts out of `data`, and remembers whether one was cut. */
class Texts {
  truncated = false;

  constructor(private readonly data: FormatEvent['data']) {}

  /** The first that is there; anything else than text is none. */
  of(...keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const value = own(this.data, key);
      if (typeof value !== 'string') continue;
      const { text, cut } = fit(cleanLine(considered(value, MOST_TEXT)), MOST_TEXT);
      if (text === '') continue;
      this.truncated ||= cut;
      return text;
    }
    return undefined;
  }
}

/** What the event is about; OCSF demands a name or an id of it, so an event that has neither gives its own. */
function entityOf(event: FormatEvent, texts: Texts): Record<string, unknown> {
  const kind = own(ENTITIES, event.event.split('.', 1)[0] ?? '');
  const uid = texts.of(kind?.id ?? '', 'id') ?? (kind?.type === 'Project' ? event.projectId : undefined);
  const name = texts.of('name', 'title', 'label', 'value');
  return {
    uid: uid ?? event.id,
    ...(name === undefined ? {} : { name }),
    type: texts.of('type', 'entity_type') ?? kind?.type ?? 'Entity',
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
const statusOf = (texts: Texts, severity: Severity): Record<string, unknown> => {
  const detail = texts.of('error', 'reason');
  return severity === 'error'
    ? { status_id: 2, ...(detail === undefined ? {} : { status_detail: detail }) }
    : { status_id: 1 };
};

/** An event as one of the Open Cybersecurity Schema Framework: `data` is in `entity` where there is one, else unmapped. */
export function ocsfEvent(
  event: FormatEvent,
  withRawData: boolean,
): { readonly ocsf: Record<string, unknown>; readonly truncated: boolean } {
  const { severity, summary, cut } = messageOf(event, { fields: [] });
  const texts = new Texts(event.data);
  const kind = classOf(event, severity);
  const ocsf = {
    ...kind,
    type_uid: kind.class_uid * 100 + kind.activity_id,
    ...(kind.activity_id === OTHER ? { activity_name: event.event } : {}),
    severity_id: SEVERITIES[severity].ocsf,
    time: milliseconds(event),
    message: summary,
    ...statusOf(texts, severity),
    metadata: metadata(event),
    ...(kind.class_uid === 3004 ? { entity: entityOf(event, texts) } : { unmapped: writtenData(event) }),
    ...(withRawData ? { raw_data: event.body.toString('utf8') } : {}),
  };
  return { ocsf, truncated: cut.summary || texts.truncated };
}
