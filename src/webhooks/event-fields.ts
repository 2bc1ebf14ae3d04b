import type { FieldError } from '../common/domain-error.js';
import { nearest } from '../common/nearest.js';

const FIELDS: ReadonlySet<string> = new Set(['event', 'project_id', 'data', 'timestamp', 'id']);

/** What other services call the same. */
const MEANT: Readonly<Record<string, string | undefined>> = {
  payload: 'data',
  body: 'data',
  type: 'event',
  event_type: 'event',
  eventtype: 'event',
  name: 'event',
  project: 'project_id',
  projectid: 'project_id',
  time: 'timestamp',
  event_id: 'id',
  eventid: 'id',
  idempotency_key: 'the header Idempotency-Key',
  idempotencykey: 'the header Idempotency-Key',
};

/** An event with more wrong names than this is none; each would be an error of its own. */
const MAX_NAMED = 10;
/** A name is the caller's text and may be as long as a body. */
const MAX_SHOWN = 100;

function meantBy(name: string): string | undefined {
  const known = name.toLowerCase();
  return (Object.hasOwn(MEANT, known) ? MEANT[known] : undefined) ?? nearest(name, FIELDS);
}

/** Names that an event does not have: what they hold would be lost without a word. */
export function unknownFields(input: object, place: readonly (string | number)[]): FieldError[] {
  const unknown: FieldError[] = [];
  for (const name in input) {
    if (FIELDS.has(name)) continue;
    const meant = meantBy(name);
    const hint = meant === undefined ? `it has ${[...FIELDS].join(', ')}` : `did you mean ${meant}?`;
    const msg = `is not a field of an event; ${hint}`;
    unknown.push({ loc: [...place, name.slice(0, MAX_SHOWN)], msg, type: 'unknown_field' });
    if (unknown.length === MAX_NAMED) break;
  }
  return unknown;
}
