import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../test/support/formats/events.js';
import { expectGoldenValue } from '../../test/support/formats/golden.js';
import type { Format } from './format.js';
import { findFormat, FORMATS } from './registry.js';

const OUTCOMES = ['success', 'retry', 'throttled', 'rejected', 'blocked', 'gone'];

const answers = fc.record({
  status: fc.integer({ min: 100, max: 999 }),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'content-type', 'x-ratelimit-remaining', 'x-ratelimit-reset-after', 'x'),
    fc.oneof(
      fc.string(),
      fc.constantFrom('0', '1.5', 'text/html', '-1', 'NaN', 'Wed, 21 Oct 2026 07:28:00 GMT'),
    ),
  ),
  body: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1024 }),
    fc.json(),
    fc.constantFrom('ok', 'null', '[', '{"code":{}}'),
  ),
});

describe('every format', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });

  it('has a name of its own, by which it is found', () => {
    const names = FORMATS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
    for (const format of FORMATS) expect(findFormat(format.name)).toBe(format);
    expect(findFormat('constructor')).toBeUndefined();
  });

  const each = (say: string, check: (format: Format) => void): void =>
    FORMATS.forEach((format) => it(`${format.name} ${say}`, () => check(format)));

  each('describes its options by a schema that takes no others', ({ optionsSchema }) => {
    expect(optionsSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(() => ajv.compile(optionsSchema)).not.toThrow();
  });

  each('takes any answer for something', ({ interpret }) => {
    fc.assert(
      fc.property(answers, (answer) => {
        const { outcome, waitSeconds } = interpret(answer, {});
        expect(OUTCOMES).toContain(outcome);
        if (waitSeconds !== undefined) expect(waitSeconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  each(
    'takes the page of a sign-in or a proxy for something to be repaired',
    ({ name, interpret, batch }) => {
      if (name === 'custom') return;
      const page = { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
      for (const status of [200, 202, 400]) {
        const answer = { status, ...page };
        const said = { outcome: 'blocked', reason: expect.stringContaining('look at the URL') };
        expect(interpret(answer, {})).toEqual(said);
        if (batch) expect(batch.interpret(answer, 2, {})).toEqual(said);
      }
      for (const status of [405, 407])
        expect(interpret({ status, headers: {}, body: '' }, {}).outcome).toBe('blocked');
    },
  );

  each('says that it cut where it did', ({ name, render }) => {
    if (name === 'custom') return;
    const long = eventOf('entity.created', { name: 'x'.repeat(500) });
    const url = 'https://receiver.example/logs-a-b/_bulk';
    for (const event of [long, eventOf('entity.created', { name: 'x' })]) {
      const { body, truncated } = render(event, {}, { ...SAMPLE_WEBHOOK, url });
      expect(truncated).toBe(body.includes('…'));
    }
  });

  each('says for whom the URL is right or wrong, and fails on none', ({ checkUrl }) => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.array(fc.string()), (url, headers) => {
        for (const sentence of Object.values(checkUrl(new URL(url), {}, headers)).flat())
          expect(sentence).not.toBe('');
      }),
    );
  });
});

/** Of formats.md: requests a second, at once, counted by; whether the URL is a secret; whether requests are signed. */
const NATURE: readonly (readonly [name: string, pace: string, isSecret: boolean, isSigned: boolean])[] = [
  ['slack', '1/s, 1 at once, url', true, false],
  ['discord', '0.5/s, 5 at once, url', true, false],
  ['teams', '1/s, 1 at once, url', true, false],
  ['mattermost', '2/s, 2 at once, url', true, false],
  ['telegram', '0.3/s, 1 at once, url', true, false],
  ['google_chat', '1/s, 1 at once, url', true, false],
  ['ntfy', '0.2/s, 20 at once, url', false, false],
  ['cloudevents', 'none', false, true],
  ['splunk_hec', 'none', false, false],
  ['elasticsearch', 'none', false, false],
  ['otlp_logs', 'none', false, false],
  ['loki', 'none', false, false],
  ['ocsf', 'none', false, false],
  ['pagerduty', 'none', false, false],
  ['cef', 'none', false, false],
  ['leef', 'none', false, false],
  ['gelf', 'none', false, false],
  ['alertmanager', 'none', false, false],
  ['custom', 'none', false, true],
];

it('each has the pace, the secrecy and the signature that its receiver needs', () => {
  const found = FORMATS.map(({ name, rate: { perSecond, burst = 1, per }, urlIsSecret, signed }) => [
    ...[name, perSecond === null ? 'none' : `${perSecond}/s, ${burst} at once, ${per}`, urlIsSecret, signed],
  ]);
  expect(found).toEqual(NATURE);
});

it('each takes the options that it always did', () => {
  const withoutWords = (key: string, value: unknown): unknown => (key === 'description' ? undefined : value);
  const schemas = FORMATS.map(({ name, optionsSchema }) => [name, optionsSchema]);
  expectGoldenValue('options', JSON.parse(JSON.stringify(Object.fromEntries(schemas), withoutWords)));
});

describe('the sample events', () => {
  it('are 20 of each kind', () => {
    expect(SAMPLE_EVENTS).toHaveLength(60);
    expect(SAMPLE_WEBHOOK.url).toContain('secret-tail');
  });
});
