import { instant } from '../event-time.js';
import type { FormatEvent } from '../format.js';
import { messageOf } from '../message.js';
import { SEVERITIES } from '../severity.js';

/** Of the Elastic Common Schema. */
const ECS_VERSION = '9.4.0';
const DATASET = 'basset_hound.events';

interface Kind {
  readonly category?: readonly string[];
  readonly type: readonly string[];
  readonly outcome?: 'success' | 'failure';
}

const CHANGE: Kind = { category: ['database'], type: ['change'], outcome: 'success' };
const ACCESS: Kind = { category: ['database'], type: ['access'], outcome: 'success' };
const FILE: Kind = { category: ['file'], type: ['creation'], outcome: 'success' };
const PLANNED: Kind = { category: ['file'], type: ['info'] };
const STARTED: Kind = { category: ['database'], type: ['info'] };
const FAILED: Kind = { category: ['database'], type: ['error'], outcome: 'failure' };
const INFO: Kind = { type: ['info'] };

/** The first word of an event that is always of one kind. */
const BY_SUBJECT: Readonly<Record<string, Kind | undefined>> = {
  entity: CHANGE,
  relationship: CHANGE,
  orphan: CHANGE,
  project: CHANGE,
  search: ACCESS,
  saved_search: ACCESS,
};

const BY_EVENT: Readonly<Record<string, Kind | undefined>> = {
  'report.generated': FILE,
  'report.scheduled': PLANNED,
  'import.started': STARTED,
  'import.completed': CHANGE,
  'import.failed': FAILED,
  'export.completed': FILE,
};

/** Category and type: only pairs that ECS expects, which has no creation or deletion in a database. */
function kindOf(event: FormatEvent, isError: boolean): Kind {
  const subject = event.event.split('.', 1)[0] ?? '';
  const known =
    BY_EVENT[event.event] ?? (Object.hasOwn(BY_SUBJECT, subject) ? BY_SUBJECT[subject] : undefined);
  return known ?? (isError ? { type: ['error'] } : INFO);
}

/** `data_stream` belongs only into a document of a stream that is named so. */
function streamOf(target: string): { type: string; dataset: string; namespace: string } | undefined {
  const [, dataset, namespace] = /^logs-([^-]+)-(.+)$/.exec(target) ?? [];
  return dataset === undefined || namespace === undefined ? undefined : { type: 'logs', dataset, namespace };
}

/**
 * An event as a document of the Elastic Common Schema. `event.original` is the event's own body to the byte; `data` as
 * fields only where it is asked for, because free-form objects make an index grow fields without end.
 *
 * @param target name of the data stream or index
 * @param data what is to be fields of its own
 */
export function ecsDocument(
  event: FormatEvent,
  target: string,
  data?: FormatEvent['data'],
): { readonly document: Record<string, unknown>; readonly truncated: boolean } {
  const { severity, summary, cut } = messageOf(event, { fields: [] });
  const stream = streamOf(target);
  const document = {
    '@timestamp': instant(event),
    message: summary,
    ecs: { version: ECS_VERSION },
    event: {
      id: event.id,
      kind: 'event',
      ...kindOf(event, severity === 'error'),
      action: event.event,
      module: 'basset_hound',
      dataset: stream?.dataset ?? DATASET,
      provider: 'basset-hound-webhooks',
      severity: SEVERITIES[severity].syslog,
      original: event.body.toString('utf8'),
    },
    log: { level: severity },
    ...(event.projectId === null ? {} : { labels: { project_id: event.projectId } }),
    tags: ['basset-hound'],
    ...(stream ? { data_stream: stream } : {}),
    ...(data ? { basset_hound: { data } } : {}),
  };
  return { document, truncated: cut.summary };
}
