import type { FormatEvent } from './format.js';

/** What an event is about, in its own words. */
export interface Subject {
  /** Such as `person Jane Roe`; '' where `data` names nothing. */
  readonly name: string;
  /** What was said about it, such as the reason of a failure; '' for none. */
  readonly detail: string;
}

/** Where `data` says what kind of thing it is, and what it is called: the first one that is there counts. */
const KINDS = ['type', 'entity_type', 'relationship_type', 'kind'];
const NAMES = [
  ...[
    'name',
    'title',
    'label',
    'webhook_name',
    'query',
    'value',
    'filename',
    'file',
    'source',
    'destination',
  ],
  ...['entity_id', 'relationship_id', 'orphan_id', 'import_id', 'export_id', 'report_id', 'id'],
];
const DETAILS = ['error', 'reason', 'message', 'summary', 'description'];

function firstOf(data: FormatEvent['data'], keys: readonly string[]): string {
  for (const key of keys) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return '';
}

export function subjectOf(data: FormatEvent['data']): Subject {
  // `webhook.failing` is a kind of event in words, and no host.
  const kind = firstOf(data, KINDS).slice(0, 64).replace(/[._]/g, ' ');
  return {
    name: [kind, firstOf(data, NAMES)].filter((part) => part !== '').join(' '),
    detail: firstOf(data, DETAILS),
  };
}

/** An event type as words: `saved_search.executed` is `Saved search executed`. */
export function titleWords({ event }: Pick<FormatEvent, 'event'>): string {
  const words = event.replace(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
