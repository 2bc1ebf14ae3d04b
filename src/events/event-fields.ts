import type { FieldError } from '../common/domain-error.js';
import { nearest } from '../common/nearest.js';

/** What has fields, and which. */
export interface Fields {
  readonly what: string;
  readonly names: ReadonlySet<string>;
}

const EVENT: Fields = {
  what: 'an event',
  names: new Set(['event', 'project_id', 'data', 'timestamp', 'id', 'traceparent']),
};
/** The body of `POST /events/batch`. */
export const BATCH: Fields = { what: 'a batch', names: new Set(['events']) };

/** The body of `POST /webhooks/match`. */
export const QUESTION: Fields = {
  what: 'a question',
  names: new Set(['event', 'project_id', 'data']),
};

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

function meantBy(name: string, fields: Fields): string | undefined {
  const known = name.toLowerCase();
  const named = fields === EVENT && Object.hasOwn(MEANT, known) ? MEANT[known] : undefined;
  return named ?? nearest(name, fields.names);
}

/** Names that an event (or what else) does not have: what they hold would be lost without a word. */
export function unknownFields(
  input: object,
  place: readonly (string | number)[],
  fields: Fields = EVENT,
): FieldError[] {
  const unknown: FieldError[] = [];
  for (const name in input) {
    if (fields.names.has(name)) continue;
    const meant = meantBy(name, fields);
    const hint = meant === undefined ? `it has ${[...fields.names].join(', ')}` : `did you mean ${meant}?`;
    const msg = `is not a field of ${fields.what}; ${hint}`;
    unknown.push({ loc: [...place, name.slice(0, MAX_SHOWN)], msg, type: 'unknown_field' });
    if (unknown.length === MAX_NAMED) break;
  }
  return unknown;
}
