import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyAnswer, anyEvent } from '../../test/support/formats/properties.js';
import { SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../test/support/formats/events.js';
import { elasticsearch } from './elasticsearch/elasticsearch.js';
import type { Answer, Format, FormatEvent, FormatOptions, OutcomeWord } from './format.js';
import { loki } from './loki/loki.js';
import { otlpLogs } from './otlp-logs/otlp-logs.js';
import { splunkHec } from './splunk-hec/splunk-hec.js';

const BATCHED: readonly Format[] = [splunkHec, elasticsearch, loki, otlpLogs];

function join(format: Format, events: readonly FormatEvent[], options: FormatOptions = {}): string {
  const requests = events.map((event) => format.render(event, options, SAMPLE_WEBHOOK));
  return format.batch!.join(requests).body.toString();
}

/** The ids of the events in a joined body, as its receiver would take it apart. */
const IDS: Readonly<Record<string, (body: string) => string[]>> = {
  splunk_hec: (body) =>
    JSON.parse(`[${body.replaceAll(/\}\{(?="time":)/g, '},{')}]`).map(({ event }: any) => event.id),
  elasticsearch: (body) =>
    body
      .split('\n')
      .filter((line) => line.startsWith('{"create"'))
      .map((line) => JSON.parse(line).create._id),
  loki: (body) => JSON.parse(body).streams.map(({ values: [[, , { event_id: id }]] }: any) => id),
  otlp_logs: (body) =>
    JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords.map(
      ({ attributes }: any) => attributes.find(({ key }: any) => key === 'event.id').value.stringValue,
    ),
};

const wellFormed = (events: readonly FormatEvent[]): string[] => events.map(({ id }) => id.toWellFormed());

describe.each(BATCHED.map((format) => [format.name, format] as const))(
  'several events for %s',
  (_, format) => {
    const idsIn = IDS[format.name]!;

    it('are one body with each of them, in order, hostile and oversized ones too', () => {
      expect(idsIn(join(format, SAMPLE_EVENTS))).toEqual(SAMPLE_EVENTS.map(({ id }) => id));
    });

    it('are so whatever they say', () => {
      fc.assert(
        fc.property(fc.array(anyEvent, { minLength: 2, maxLength: 5 }), (events) => {
          expect(idsIn(join(format, events))).toEqual(wellFormed(events));
        }),
        { numRuns: 50 },
      );
    });

    it('are at most about three times as long as their own bodies', () => {
      const options = { data: 'flattened' };
      const hostile = SAMPLE_EVENTS.map((event) => {
        const data = { text: '"\\\u0001é'.repeat(2000) };
        const body = Buffer.from(JSON.stringify({ event: event.event, timestamp: event.timestamp, data }));
        return { ...event, data, body };
      });
      const own = hostile.reduce((bytes, { body }) => bytes + body.length, 0);
      expect(Buffer.byteLength(join(format, hostile, options))).toBeLessThan(3 * own + hostile.length * 2048);
    });

    it('are as many as the option says', () => {
      const { batch } = format;
      expect([{}, { batch: 7 }, { batch: 1 }].map((options) => batch!.maxEvents(options))).toEqual([
        100, 7, 1,
      ]);
    });

    it('take any answer without throwing', () => {
      fc.assert(
        fc.property(anyAnswer, fc.integer({ min: 2, max: 20 }), (answer, count) => {
          const taken = format.batch!.interpret(answer, count, {});
          if (Array.isArray(taken)) expect(taken.length).toBeLessThanOrEqual(count);
          else expect(taken).toHaveProperty('outcome');
        }),
      );
    });
  },
);

it('raw lines for Splunk go alone: nobody knows where the next would begin', () => {
  expect(splunkHec.batch!.maxEvents({ endpoint: 'raw', batch: 50 })).toBe(1);
});

type Words = OutcomeWord | (OutcomeWord | null)[];
const CREATED = { create: { status: 201 } };
const failedItem = (status: number, type: string) => ({
  create: { status, error: { type, reason: 'r "create":{"status":201}' } },
});
const json = (status: number, body: unknown): [number, string] => [status, JSON.stringify(body)];
const items = (...all: unknown[]): [number, string] => json(200, { errors: true, items: all });

describe('an answer about three events', () => {
  it.each<[string, Format, [number, string], Words]>([
    ['all stored', elasticsearch, json(200, { errors: false, items: [] }), 'success'],
    [
      'one that the mapping refuses, one that was there before',
      elasticsearch,
      items(
        CREATED,
        failedItem(400, 'mapper_parsing_exception'),
        failedItem(409, 'version_conflict_engine_exception'),
      ),
      ['success', 'rejected', 'success'],
    ],
    [
      'one for which there was no room',
      elasticsearch,
      items(CREATED, failedItem(429, 'x'), CREATED),
      ['success', 'throttled', 'success'],
    ],
    [
      'a status that is text of a reason',
      elasticsearch,
      items(failedItem(503, 'x'), CREATED, CREATED),
      ['throttled', 'success', 'success'],
    ],
    [
      'an answer that breaks off',
      elasticsearch,
      [200, '{"errors":true,"items":[{"create":{"status":201}},{"create":{'],
      ['success', null],
    ],
    ['no bulk request', elasticsearch, json(200, {}), 'blocked'],
    ['too large', elasticsearch, [413, ''], 'rejected'],
    ['all stored', splunkHec, json(200, { text: 'Success', code: 0 }), 'success'],
    [
      'one that is wrong',
      splunkHec,
      json(400, { code: 6, 'invalid-event-number': 1 }),
      [null, 'rejected', null],
    ],
    ['one that is wrong, and which is not said', splunkHec, json(400, { code: 6 }), 'rejected'],
    [
      'a number that is none of them',
      splunkHec,
      json(400, { code: 6, 'invalid-event-number': 3 }),
      'rejected',
    ],
    ['a server that is busy', splunkHec, json(503, { code: 9, 'invalid-event-number': 1 }), 'throttled'],
    ['an index that is not there', splunkHec, json(400, { code: 7, 'invalid-event-number': 0 }), 'blocked'],
    ['all stored', loki, [204, ''], 'success'],
    ['one that is too old', loki, [400, 'entry too far behind'], 'rejected'],
    ['all stored', otlpLogs, json(200, {}), 'success'],
    [
      'one that was rejected',
      otlpLogs,
      json(200, { partialSuccess: { rejectedLogRecords: '1' } }),
      'rejected',
    ],
    [
      'all rejected',
      otlpLogs,
      json(200, { partialSuccess: { rejectedLogRecords: '3' } }),
      ['rejected', 'rejected', 'rejected'],
    ],
  ])('%s: %#', (_, format, [status, body], words) => {
    const answer: Answer = { status, headers: {}, body };
    const taken = format.batch!.interpret(answer, 3, {});
    const found = 'outcome' in taken ? taken.outcome : Array.from(taken, (one) => one?.outcome ?? null);
    expect(found).toEqual(words);
  });
});
