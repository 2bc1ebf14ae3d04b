import type { FormatEvent, FormatWebhook } from '../../../src/formats/format.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';

type Data = Readonly<Record<string, unknown>>;

/** What the 20 events of Basset Hound look like. */
const PLAIN: readonly (readonly [event: string, data: Data])[] = [
  ['entity.created', { entity_id: 'e-1', type: 'person', name: 'Jane Roe', fields: ['core.name'] }],
  [
    'entity.updated',
    { entity_id: 'e-1', type: 'person', name: 'Jane Roe', fields: ['core.email', 'core.phone'] },
  ],
  ['entity.deleted', { entity_id: 'e-1', type: 'person', name: 'Jane Roe' }],
  [
    'relationship.created',
    { relationship_id: 'r-1', type: 'WORKS_WITH', from: 'e-1', to: 'e-2', confidence: 0.75 },
  ],
  [
    'relationship.updated',
    { relationship_id: 'r-1', type: 'WORKS_WITH', from: 'e-1', to: 'e-2', is_confirmed: true },
  ],
  ['relationship.deleted', { relationship_id: 'r-1', type: 'WORKS_WITH', from: 'e-1', to: 'e-2' }],
  ['search.executed', { query: 'jane@example.org', results: 12, took_ms: 41 }],
  ['saved_search.executed', { name: 'New domains', query: '*.example.net', results: 3 }],
  ['report.generated', { report_id: 'rep-1', title: 'Weekly report', format: 'pdf', pages: 12 }],
  ['report.scheduled', { report_id: 'rep-1', title: 'Weekly report', cron: '0 6 * * 1' }],
  ['import.started', { import_id: 'i-1', source: 'contacts.csv', rows: 1200 }],
  ['import.completed', { import_id: 'i-1', source: 'contacts.csv', created: 1190, skipped: 10 }],
  ['import.failed', { import_id: 'i-1', source: 'contacts.csv', error: 'row 17: unexpected end of line' }],
  ['export.completed', { export_id: 'x-1', filename: 'case-42.zip', bytes: 1_048_576 }],
  ['project.created', { name: 'Operation Lantern', owner: 'analyst-3' }],
  ['project.deleted', { name: 'Operation Lantern', owner: 'analyst-3' }],
  ['orphan.created', { orphan_id: 'o-1', type: 'email', value: 'someone@example.com' }],
  ['orphan.linked', { orphan_id: 'o-1', type: 'email', value: 'someone@example.com', entity_id: 'e-1' }],
  [
    'system.health',
    { kind: 'webhook.failing', webhook_id: 'w-1', webhook_name: 'CRM', reason: '5 attempts in a row failed' },
  ],
  ['rate_limit.exceeded', { destination: 'https://api.example.com', limit: 10, waiting: 240 }],
];

export type Kind = 'plain' | 'hostile' | 'oversized';

export interface SampleEvent extends FormatEvent {
  readonly kind: Kind;
}

const PROJECT: Readonly<Record<Kind, string>> = {
  plain: 'op-lantern',
  hostile: 'op <!channel> @everyone |x=1\nproject',
  oversized: `op-${'p'.repeat(10_000)}`,
};

/** An event with the bytes that it has on the wire. */
export function eventOf(
  event: string,
  data: Data,
  { projectId = 'op-lantern', id = `evt-${event}` }: { projectId?: string | null; id?: string } = {},
): FormatEvent {
  const timestamp = '2026-11-26T09:03:11.799Z';
  const body = Buffer.from(JSON.stringify({ event, timestamp, project_id: projectId, data }));
  return { id, event, timestamp, projectId, data, body };
}

/** Each text of `data` is replaced by one that is meant to do harm, and some are added. */
function hostile(data: Data, turn: number): Data {
  let next = turn;
  const evil = (): string => HOSTILE_TEXTS[next++ % HOSTILE_TEXTS.length] ?? '';
  const replaced = Object.entries(data).map(([key, value]) => [
    key,
    typeof value === 'string' ? evil() : value,
  ]);
  return Object.fromEntries([
    ...replaced,
    [evil().slice(0, 60), evil()],
    ['__proto__', evil()],
    ['nested', { evil: [evil()] }],
  ]);
}

/** Each text of `data` is far longer than any receiver takes, and there are more of them. */
function oversized(data: Data): Data {
  const long = Object.entries(data).map(([key, value]) => [
    key,
    typeof value === 'string' ? `${value} ${'Ж👩‍👩‍👧e\u0301 & <b> *_~ '.repeat(8_000)}` : value,
  ]);
  const more = Array.from({ length: 60 }, (_, index) => [`extra_${index}`, '&<>@*'.repeat(2_000)]);
  return Object.fromEntries([...long, ...more]);
}

/** 20 events as they are, hostile and oversized: what the golden files and the validators of every format see. */
export const SAMPLE_EVENTS: readonly SampleEvent[] = PLAIN.flatMap(([event, data], turn) =>
  (
    [
      ['plain', data],
      ['hostile', hostile(data, turn * 3)],
      ['oversized', oversized(data)],
    ] as const
  ).map(([kind, own]) => ({
    kind,
    ...eventOf(event, own, { projectId: PROJECT[kind], id: `evt-${turn + 1}-${kind}` }),
  })),
);

export const SAMPLE_WEBHOOK: FormatWebhook = {
  id: 'w-1',
  name: 'SOC channel',
  url: 'https://receiver.example/hooks/T000/B000/secret-tail',
};
