import fc from 'fast-check';
import type { Answer, FormatEvent } from '../../../src/formats/format.js';
import { eventOf } from './events.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';

/** Any UTF-16, halves of pairs included, long text, and what is known to do harm. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...HOSTILE_TEXTS), { maxLength: 4 }).map((texts) => texts.join('')),
  fc
    .tuple(fc.constantFrom(...HOSTILE_TEXTS, '<&>', '*', '@'), fc.integer({ min: 1, max: 3000 }))
    .map(([text, times]) => text.slice(0, 40).repeat(times)),
);

const anyValue = fc.oneof(
  anyText,
  anyText,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.object({ maxDepth: 2 }),
);

/** Any event with any data, of which names and titles are as hostile as the rest. */
export const anyEvent: fc.Arbitrary<FormatEvent> = fc
  .record({
    event: fc.constantFrom('entity.created', 'import.failed', 'system.health', 'case.closed'),
    data: fc.tuple(
      fc.dictionary(anyText, anyValue, { maxKeys: 30 }),
      fc.record({ name: anyText }, { requiredKeys: [] }),
    ),
    projectId: fc.option(anyText.map((text) => text.slice(0, 200))),
    id: fc.string({ minLength: 1, maxLength: 128 }),
  })
  .map(({ event, data: [any, named], projectId, id }) =>
    eventOf(event, { ...any, ...named }, { projectId, id }),
  );

/** Every string in a value, keys of objects left out. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** An answer: a status, a body (JSON of what is no text) and headers. */
export const answer = (status: number, body: unknown = '', headers: Answer['headers'] = {}): Answer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
