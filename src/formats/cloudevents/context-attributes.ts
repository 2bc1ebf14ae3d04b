import { instant } from '../event-time.js';
import type { FormatEvent, FormatOptions } from '../format.js';

/** What an event may be about, in the order in which it is looked for. */
const SUBJECTS = [
  'entity_id',
  'relationship_id',
  'orphan_id',
  'saved_search_id',
  'search_id',
  'report_id',
  'import_id',
  'export_id',
  'webhook_id',
];

/** Attributes travel as headers, and servers take 8 to 16 KiB of those in all: a longer text is no name, and left out. */
const MOST_UNITS = 512;

/** What no CloudEvents string holds: controls and the code points that are no characters. */
const FORBIDDEN = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu;

const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Text as an attribute may hold it; what it may not is percent-encoded, so that two ids never become one. */
const attributeText = (text: string): string => text.toWellFormed().replace(FORBIDDEN, percentEncoded);

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MOST_UNITS;

function subjectOf(data: FormatEvent['data']): string | undefined {
  for (const key of SUBJECTS) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (isName(value)) return value;
  }
  return undefined;
}

function sourceOf({ projectId }: FormatEvent, { source }: FormatOptions): string {
  if (typeof source === 'string') return source;
  if (!isName(projectId)) return '/basset-hound';
  return `/basset-hound/projects/${encodeURIComponent(projectId.toWellFormed())}`;
}

/** The context attributes, without `datacontenttype`; `projectid` is an extension. */
export function contextAttributes(event: FormatEvent, options: FormatOptions): Record<string, string> {
  const prefix = typeof options.type_prefix === 'string' ? options.type_prefix : 'basset_hound.';
  const subject = subjectOf(event.data);
  return {
    specversion: '1.0',
    id: attributeText(event.id),
    source: sourceOf(event, options),
    type: attributeText(prefix + event.event),
    time: instant(event),
    ...(subject === undefined ? {} : { subject: attributeText(subject) }),
    ...(isName(event.projectId) ? { projectid: attributeText(event.projectId) } : {}),
  };
}

/** Outside of what may stand in a header as it is; the percent sign itself, space and quote included. */
const TO_BE_ENCODED = /[^\u0021-\u007e]|["%]/gu;

/** A value as a `ce-*` header: section 3.1.3.2 of the HTTP binding. */
export const headerValue = (text: string): string => text.replace(TO_BE_ENCODED, percentEncoded);
