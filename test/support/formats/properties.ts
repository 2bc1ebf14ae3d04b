import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Answer, Format, FormatEvent, FormatOptions } from '../../../src/formats/format.js';
import { EVENT_TYPES } from '../../../src/events/event-types.js';
import { eventOf } from './events.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.constantFrom('\ud800', 'a\udc00', '\0', '\r\n', '\\', '|', '=', '"'),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text, tie('any'), { maxKeys: 4 }),
  ),
})).any;
const known = fc.constantFrom('name', 'entity_id', 'type', 'error', 'severity', 'kind', 'webhook_id');

/** Any event that the service may take. */
export const anyEvent: fc.Arbitrary<FormatEvent> = fc
  .record({
    event: fc.constantFrom(...EVENT_TYPES),
    data: fc.dictionary(fc.oneof(known, text), value, { maxKeys: 6 }),
    projectId: fc.oneof(fc.constant(null), text),
    id: fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }),
    ms: fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
  })
  .map(({ event, data, projectId, id, ms }) => {
    const timestamp = new Date(ms).toISOString();
    const body = Buffer.from(JSON.stringify({ event, timestamp, project_id: projectId, data }));
    return { ...eventOf(event, data, { projectId, id }), timestamp, body };
  });

/** Any answer, with words in it that formats look for. */
export const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.integer({ min: 100, max: 599 }),
  headers: fc.dictionary(fc.constantFrom('retry-after', 'content-type'), fc.string(), { maxKeys: 2 }),
  body: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1024 }),
    fc.json(),
    fc
      .array(
        fc.oneof(
          fc.constantFrom('"code":', '"errors":', '"status":', '"type":"', '"reason":"', '\\', '"', '{', '}'),
          fc.string(),
          fc.nat(),
        ),
      )
      .map((parts) => parts.join('')),
  ),
});

const OUTCOMES = ['success', 'retry', 'throttled', 'rejected', 'blocked', 'gone'];

/** No answer, whatever its bytes, makes a format throw or say what is no outcome. */
export function expectEveryAnswerTaken(format: Format, options: FormatOptions = {}): void {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const { outcome, reason = 'x', waitSeconds = 0 } = format.interpret(answer, options);
      expect(OUTCOMES).toContain(outcome);
      expect(reason).toBe(reason.slice(0, 1000));
      expect(waitSeconds).toBeGreaterThanOrEqual(0);
    }),
  );
}

/** The same event and options give the same bytes. */
export function expectDeterministic(format: Format, options: FormatOptions, url: string): void {
  const webhook = { id: 'w-1', name: 'Webhook', url };
  fc.assert(
    fc.property(anyEvent, (event) => {
      const first = format.render(event, options, webhook);
      const second = format.render(event, options, webhook);
      expect(first.body.equals(second.body)).toBe(true);
      expect({ ...second, body: 0 }).toEqual({ ...first, body: 0 });
    }),
  );
}
