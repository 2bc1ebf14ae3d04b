import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import {
  anyEvent,
  expectDeterministic,
  expectEveryAnswerTaken,
} from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { otlpLogs } from './otlp-logs.js';

const WEBHOOK = { id: 'w-1', name: 'Collector', url: 'https://collector.example:4318/v1/logs' };
const text = (event: FormatEvent, options = {}): string =>
  otlpLogs.render(event, options, WEBHOOK).body.toString();
const record = (event: FormatEvent, options = {}): any =>
  JSON.parse(text(event, options)).resourceLogs[0].scopeLogs[0].logRecords[0];
const attributes = (event: FormatEvent, options = {}): any =>
  Object.fromEntries(record(event, options).attributes.map(({ key, value }: any) => [key, value]));

describe('what a receiver of OpenTelemetry logs is sent', () => {
  it.each(['json', 'map'])('is to the byte what it was: data as %s', (data) => {
    expectGolden(`otlp_logs-${data}`, otlpLogs, { data }, WEBHOOK.url);
  });

  it('has time, severity, name and a sentence', () => {
    expect(record(eventOf('import.failed', { source: 'a.csv' }))).toMatchObject({
      timeUnixNano: '1795683791799000000',
      observedTimeUnixNano: '1795683791799000000',
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'basset_hound.import.failed',
      body: { stringValue: expect.stringContaining('Import failed') },
    });
  });

  it('has data as it was written, or as a map', () => {
    const event = eventOf('entity.created', {
      s: 'a',
      n: 3,
      f: 0.5,
      b: true,
      nil: null,
      l: ['x'],
      m: { k: 1 },
    });
    expect(attributes(event)['basset.data'].stringValue).toBe(JSON.stringify(event.data));
    expect(attributes(event, { data: 'map' })['basset.data'].kvlistValue.values).toEqual([
      { key: 's', value: { stringValue: 'a' } },
      { key: 'n', value: { intValue: '3' } },
      { key: 'f', value: { doubleValue: 0.5 } },
      { key: 'b', value: { boolValue: true } },
      { key: 'nil', value: {} },
      { key: 'l', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
      { key: 'm', value: { kvlistValue: { values: [{ key: 'k', value: { intValue: '1' } }] } } },
    ]);
  });

  it('names the service as it is told to, and no project where there is none', () => {
    const event = eventOf('system.health', {}, { projectId: null });
    const service = (options: object): any =>
      JSON.parse(text(event, options)).resourceLogs[0].resource.attributes;
    const named = (stringValue: string) => [{ key: 'service.name', value: { stringValue } }];
    expect([service({}), service({ service_name: 'osint' })]).toEqual([
      named('basset-hound'),
      named('osint'),
    ]);
    expect(attributes(event)).not.toHaveProperty('project.id');
  });

  it('says a number that is too large as protobuf does', () => {
    const data = JSON.parse('{"a":1e999,"b":[-1e999]}') as Record<string, unknown>;
    const { values } = attributes(eventOf('entity.created', data), { data: 'map' })['basset.data']
      .kvlistValue;
    expect(values).toEqual([
      { key: 'a', value: { doubleValue: 'Infinity' } },
      { key: 'b', value: { arrayValue: { values: [{ doubleValue: '-Infinity' }] } } },
    ]);
  });

  it('nests no deeper than readers of protobuf take', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`);
    const found = text(eventOf('entity.created', deep), { data: 'map' });
    expect(found.split('kvlistValue')).toHaveLength(17);
    expect(found).toContain('"stringValue":"{\\"a\\"');
  });

  it('has 64-bit numbers as text, in their range, and no half of a surrogate pair, for any event', () => {
    fc.assert(
      fc.property(anyEvent, fc.constantFrom({}, { data: 'map' }), (event, options) => {
        const { timeUnixNano } = record(event, options);
        expect(timeUnixNano).toMatch(/^\d+$/);
        expect(BigInt(timeUnixNano) < 2n ** 64n).toBe(true);
        JSON.parse(text(event, options), (_key, value: unknown) => {
          if (typeof value === 'string') expect(value).not.toMatch(/\p{Surrogate}/u);
          return value;
        });
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(otlpLogs, { data: 'map' }, WEBHOOK.url);
  });
});

describe('what a receiver of OpenTelemetry logs answers', () => {
  it.each([
    [200, {}, 'success'],
    [200, '', 'success'],
    [200, { partialSuccess: {} }, 'success'],
    [200, { partialSuccess: { rejectedLogRecords: '0', errorMessage: 'warning' } }, 'success'],
    [200, { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'too old' } }, 'rejected'],
    [200, { partialSuccess: { rejectedLogRecords: 1 } }, 'rejected'],
    [400, { code: 3, message: 'cannot parse' }, 'rejected'],
    [401, '', 'blocked'],
    [403, '', 'blocked'],
    [404, '', 'blocked'],
    [405, '', 'blocked'],
    [413, '', 'rejected'],
    [415, '', 'blocked'],
    [429, '', 'throttled'],
    [500, '', 'retry'],
    [502, '', 'retry'],
    [503, '', 'retry'],
    [504, '', 'retry'],
  ])('%i %j is %s', (status, body, outcome) => {
    expect(otlpLogs.interpret(answer(status, body), {}).outcome).toBe(outcome);
  });

  it('is told in its own words', () => {
    const refused = { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'too old' } };
    expect(otlpLogs.interpret(answer(200, refused), {}).reason).toBe('OTLP: too old');
    expect(otlpLogs.interpret(answer(400, { code: 3, message: 'no' }), {}).reason).toBe(
      'OTLP: no (HTTP 400)',
    );
    const wordless = { partialSuccess: { rejectedLogRecords: 1 } };
    expect(otlpLogs.interpret(answer(200, wordless), {}).reason).toBe('OTLP: the record was rejected');
    expect(otlpLogs.interpret(answer(401), {})).toEqual({ outcome: 'blocked' });
  });

  it('is always taken somehow', () => {
    expectEveryAnswerTaken(otlpLogs);
  });
});

describe('the URL', () => {
  it.each([
    ['https://c.example:4318/v1/logs', 0],
    ['https://loki.example/otlp/v1/logs', 0],
    ['https://c.example:4318/v1/logs/', 0],
    ['https://c.example:4318/v1/logs/x', 1],
    ['https://c.example:4318/', 1],
    ['https://c.example:4318/v1/traces', 1],
  ])('%s has %i problems', (url, problems) => {
    expect(otlpLogs.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
  });
});
