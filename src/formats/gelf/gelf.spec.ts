import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import { anyEvent, expectDeterministic } from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { gelf } from './gelf.js';

const WEBHOOK = { id: 'w-1', name: 'Graylog', url: 'https://graylog.example:12201/gelf' };
const sent = (event: FormatEvent, options = {}): any =>
  JSON.parse(gelf.render(event, options, WEBHOOK).body.toString());

describe('what Graylog is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('gelf', gelf, {}, WEBHOOK.url);
  });

  it('is a message with its level and our fields', () => {
    const event = eventOf('import.failed', { source: 'a.csv' });
    expect(sent(event, { host: 'h' })).toEqual({
      version: '1.1',
      host: 'h',
      short_message: expect.stringContaining('Import failed'),
      full_message: event.body.toString(),
      timestamp: 1795683791.799,
      level: 3,
      _event: 'import.failed',
      _event_id: 'evt-import.failed',
      _project_id: 'op-lantern',
      _severity: 'error',
      _data: '{"source":"a.csv"}',
    });
  });

  it('is a valid message, whatever the event', () => {
    const check = (event: FormatEvent): void => {
      const message = sent(event);
      expect(message.short_message).not.toBe('');
      expect(Buffer.byteLength(message._data)).toBeLessThanOrEqual(32_000);
      const isGood = ([name, value]: [string, unknown]): boolean =>
        /^[\w.-]+$/.test(name) && name !== '_id' && ['string', 'number'].includes(typeof value);
      expect(Object.entries(message).filter((field) => !isGood(field))).toEqual([]);
    };
    SAMPLE_EVENTS.forEach(check);
    fc.assert(fc.property(anyEvent, check));
  });

  it('is the same each time', () => {
    expectDeterministic(gelf, {}, WEBHOOK.url);
  });
});

it.each([
  [202, 'success'],
  [400, 'rejected'],
  [404, 'blocked'],
  [429, 'throttled'],
  [503, 'retry'],
])('Graylog that answers %i is %s', (status, outcome) => {
  expect(gelf.interpret(answer(status), {}).outcome).toBe(outcome);
});

it.each([
  ['http://graylog.example:12201/gelf', 0],
  ['http://graylog.example:12201/gelf/', 0],
  ['http://graylog.example:12201/gelf/x', 1],
  ['http://graylog.example:12201/', 1],
])('the URL %s has %i problems', (url, problems) => {
  expect(gelf.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
});
