import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import {
  anyEvent,
  expectDeterministic,
  expectEveryAnswerTaken,
} from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { splunkHec } from './splunk-hec.js';

const WEBHOOK = {
  id: '01990000-0000-7000-8000-000000000001',
  name: 'SIEM',
  url: 'https://splunk.example:8088/services/collector/event',
};
const RAW = { ...WEBHOOK, url: 'https://splunk.example:8088/services/collector/raw' };
const sent = (event: FormatEvent, options = {}): string =>
  splunkHec.render(event, options, WEBHOOK).body.toString();

describe('what Splunk is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('splunk_hec', splunkHec, { index: 'osint' }, WEBHOOK.url);
  });

  it('has metadata, the event and its indexed fields', () => {
    const body = JSON.parse(sent(eventOf('entity.deleted', { name: 'Jane' })));
    expect(body).toEqual({
      time: 1795683791.799,
      host: 'basset-hound',
      source: 'basset-hound-webhooks',
      sourcetype: 'basset_hound:event',
      event: {
        id: 'evt-entity.deleted',
        event: 'entity.deleted',
        timestamp: '2026-11-26T09:03:11.799Z',
        project_id: 'op-lantern',
        severity: 'notice',
        data: { name: 'Jane' },
      },
      fields: { event_id: 'evt-entity.deleted', event: 'entity.deleted', project_id: 'op-lantern' },
    });
  });

  it('leaves data as it was written', () => {
    const body = Buffer.from(
      '{"event":"e","timestamp":"t","project_id":null,"data":{"n":12345678901234567890,"m":1.0}}',
    );
    expect(sent({ ...eventOf('entity.created', {}), body })).toContain(
      '"data":{"n":12345678901234567890,"m":1.0}',
    );
  });

  it('is one JSON object of one line with a plain decimal time and flat fields, for any event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const text = sent(event);
        expect(text).not.toMatch(/[\r\n]/);
        expect(text).toMatch(/^\{"time":-?\d+(\.\d{1,3})?,/);
        expect(Buffer.from(text).toString()).toBe(text);
        expect(Object.values(JSON.parse(text).fields).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(splunkHec, {}, WEBHOOK.url);
  });

  it('goes as a raw line to the raw collector, with metadata in the query and the channel of the webhook', () => {
    const [event] = SAMPLE_EVENTS;
    const request = splunkHec.render(event!, { endpoint: 'raw', index: 'main' }, RAW);
    expect(request.url).toBe(
      `${RAW.url}?host=basset-hound&source=basset-hound-webhooks&sourcetype=basset_hound%3Aevent&index=main`,
    );
    expect(request.headers['X-Splunk-Request-Channel']).toBe(RAW.id);
    expect(request.body).toEqual(event!.body);
  });

  it('has the metadata that it is told to, and no project where there is none', () => {
    const named = { host: 'h', source: 's', sourcetype: 't', index: 'i' };
    const event = eventOf('system.health', {}, { projectId: null });
    const { fields, ...body } = JSON.parse(sent(event, named));
    expect(body).toMatchObject(named);
    expect(fields).toEqual({ event_id: event.id, event: 'system.health' });
    expect(splunkHec.render(event, {}, WEBHOOK).headers).toEqual({ 'Content-Type': 'application/json' });
  });

  it('has a channel where one is set', () => {
    const channel = '0AECD5B0-6A7A-4C4E-9F8B-000000000001';
    const { headers } = splunkHec.render(SAMPLE_EVENTS[0]!, { channel }, WEBHOOK);
    expect(headers['X-Splunk-Request-Channel']).toBe(channel);
  });
});

describe('what Splunk answers', () => {
  it.each([
    [200, { text: 'Success', code: 0 }, 'success'],
    [200, { text: 'Success', code: 0, ackId: 4 }, 'success'],
    [200, { text: 'Invalid data format', code: 6 }, 'rejected'],
    [200, { text: 'odd', code: 99 }, 'rejected'],
    [200, '<html>login</html>', 'blocked'],
    [403, { text: 'Token disabled', code: 1 }, 'blocked'],
    [401, { text: 'Token is required', code: 2 }, 'blocked'],
    [401, { text: 'Invalid authorization', code: 3 }, 'blocked'],
    [403, { text: 'Invalid token', code: 4 }, 'blocked'],
    [400, { text: 'No data', code: 5 }, 'rejected'],
    [400, { text: 'Invalid data format', code: 6, 'invalid-event-number': 0 }, 'rejected'],
    [400, { text: 'Incorrect index', code: 7, 'invalid-event-number': 1 }, 'blocked'],
    [500, { text: 'Internal server error', code: 8 }, 'retry'],
    [503, { text: 'Server is busy', code: 9 }, 'throttled'],
    [400, { text: 'Data channel is missing', code: 10 }, 'blocked'],
    [400, { text: 'Invalid data channel', code: 11 }, 'blocked'],
    [400, { text: 'Event field is required', code: 12 }, 'rejected'],
    [400, { text: 'Event field cannot be blank', code: 13 }, 'rejected'],
    [400, { text: 'ACK is disabled', code: 14 }, 'blocked'],
    [400, { text: 'Error in handling indexed fields', code: 15 }, 'rejected'],
    [400, { text: 'Query string authorization is not enabled', code: 16 }, 'blocked'],
    [503, { text: 'HEC is unhealthy, queues are full', code: 18 }, 'throttled'],
    [503, { text: 'HEC is unhealthy, ack service unavailable', code: 19 }, 'throttled'],
    [503, { text: 'HEC is unhealthy, queues are full, ack service unavailable', code: 20 }, 'throttled'],
    [400, { text: 'Invalid token', code: 21 }, 'blocked'],
    [400, { text: 'Token disabled', code: 22 }, 'blocked'],
    [503, { text: 'Server is shutting down', code: 23 }, 'throttled'],
    [429, { text: 'Queue at capacity', code: 26 }, 'throttled'],
    [503, '<html>', 'throttled'],
    [404, '<html>', 'blocked'],
    [405, '<html>', 'blocked'],
    [400, '<html>nginx</html>', 'blocked'],
    [413, '', 'rejected'],
    [500, '', 'retry'],
    [500, { text: 'Success', code: 0 }, 'retry'],
    [410, '', 'gone'],
  ])('%i %j is %s', (status, body, outcome) => {
    expect(splunkHec.interpret(answer(status, body), {}).outcome).toBe(outcome);
  });

  it('is told in its own words', () => {
    const refusal = answer(400, { text: 'Incorrect index', code: 7, 'invalid-event-number': 1 });
    expect(splunkHec.interpret(refusal, {}).reason).toBe('Splunk: Incorrect index (code 7)');
    const page = 'Splunk: this is not the answer of an HTTP Event Collector';
    expect(splunkHec.interpret(answer(200, 'fine'), {}).reason).toBe(page);
    expect(splunkHec.interpret(answer(403), {})).toEqual({ outcome: 'blocked', reason: 'Splunk: HTTP 403' });
    expect(splunkHec.interpret(answer(200, { text: 'Success', code: 0 }), {})).toEqual({
      outcome: 'success',
    });
  });

  it('leaves a busy server alone for 5 seconds first, and names no time of its own', () => {
    const busy = splunkHec.interpret(answer(503, { text: 'Server is busy', code: 9 }), {});
    expect([busy.firstWaitSeconds, busy.waitSeconds]).toEqual([5, undefined]);
    expect(splunkHec.interpret(answer(500, ''), {}).firstWaitSeconds).toBeUndefined();
  });

  it('is always taken somehow', () => {
    expectEveryAnswerTaken(splunkHec);
  });
});

describe('the URL', () => {
  it.each([
    ['https://s.example:8088/services/collector/event', {}, ['authorization'], []],
    ['https://s.example:8088/services/collector', {}, ['Authorization'], []],
    ['https://s.example:8088/proxy/services/collector/event/1.0', {}, ['authorization'], []],
    ['https://s.example:8088/services/collector/raw', { endpoint: 'raw' }, ['authorization'], []],
    ['https://s.example:8088/services/collector/raw', {}, ['authorization'], ['set endpoint to raw']],
    [
      'https://s.example:8088/services/collector',
      { endpoint: 'raw' },
      ['authorization'],
      ['/services/collector/raw'],
    ],
    ['https://s.example:8088/services/collector/event/x', {}, ['authorization'], ['must end in']],
    [
      'https://s.example:8088/services/collector/raw/x',
      { endpoint: 'raw' },
      ['authorization'],
      ['must end in'],
    ],
    ['https://s.example:8088/services/collector', {}, [], ['needs the token']],
    ['https://s.example:8088/services/collector?token=x', {}, [], ['must not carry the token']],
    ['https://s.example:8088/', {}, [], ['must end in', 'needs the token']],
  ])('%s with %j and headers %j: %j', (url, options, headers, problems) => {
    const found = splunkHec.checkUrl(new URL(url), options, headers);
    expect(found.problems).toEqual(problems.map((words) => expect.stringContaining(words)));
  });
});
