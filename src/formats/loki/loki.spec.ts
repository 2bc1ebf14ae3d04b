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
import type { FormatEvent, FormatOptions } from '../format.js';
import { loki } from './loki.js';

const WEBHOOK = { id: 'w-1', name: 'Loki', url: 'https://loki.example:3100/loki/api/v1/push' };
const streamOf = (event: FormatEvent, options: FormatOptions = {}): any =>
  JSON.parse(loki.render(event, options, WEBHOOK).body.toString()).streams[0];

describe('what Loki is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('loki', loki, { project_label: true }, WEBHOOK.url);
  });

  it('is a line with labels of few values and its ids beside them', () => {
    const event = eventOf('entity.created', { name: 'Jane' });
    expect(streamOf(event)).toEqual({
      stream: { service_name: 'basset-hound', event: 'entity.created', level: 'info' },
      values: [
        ['1795683791799000000', event.body.toString(), { event_id: event.id, project_id: 'op-lantern' }],
      ],
    });
  });

  it('has labels of the user, the project as one where asked for, and no metadata where not wanted', () => {
    const options = { labels: { env: 'prod', level: 'x' }, project_label: true, structured_metadata: false };
    const found = streamOf(eventOf('entity.created', {}), options);
    expect(found.stream).toEqual({
      service_name: 'basset-hound',
      event: 'entity.created',
      level: 'x',
      project_id: 'op-lantern',
      env: 'prod',
    });
    expect(found.values[0]).toHaveLength(2);
  });

  it('has one line of valid JSON within the limit, a time that Loki can hold, and no id among the labels', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { stream, values } = streamOf(event, { project_label: true });
        expect(values).toHaveLength(1);
        const [time, line, metadata] = values[0];
        expect(BigInt(time) >= 0n && BigInt(time) < 2n ** 63n).toBe(true);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line).event).toBe(event.event);
        expect(Object.keys(stream)).not.toContain('event_id');
        expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });

  it.each([8192, 65_536, 262_144])('cuts a line longer than %i bytes, and says so', (most) => {
    for (const event of SAMPLE_EVENTS) {
      const { body, truncated } = loki.render(event, { max_line_bytes: most }, WEBHOOK);
      const [, line] = JSON.parse(body.toString()).streams[0].values[0];
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(most);
      expect(truncated).toBe(event.body.length > most);
      expect(JSON.parse(line)).toMatchObject({ event: event.event, ...(truncated && { truncated: true }) });
    }
  });

  it('cuts text that doubles when it is escaped', () => {
    const event = eventOf(
      'entity.created',
      { name: '"\\'.repeat(500_000) },
      { projectId: '"\u0001'.repeat(9000) },
    );
    const { body } = loki.render(event, { max_line_bytes: 8192 }, WEBHOOK);
    const [, line] = JSON.parse(body.toString()).streams[0].values[0];
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(8192);
  });

  it('is the same each time', () => {
    expectDeterministic(loki, {}, WEBHOOK.url);
  });
});

describe('what Loki answers', () => {
  it.each([
    [204, '', 'success'],
    [200, '', 'success'],
    [260, 'ingestion blocked', 'blocked'],
    [202, '', 'blocked'],
    [400, 'entry with timestamp … ignored, reason: entry too far behind', 'rejected'],
    [400, 'max entry size 262144 bytes exceeded', 'rejected'],
    [400, 'stream … includes structured metadata, but this feature is disallowed', 'blocked'],
    [400, 'Structured metadata is disallowed', 'blocked'],
    [401, 'no org id', 'blocked'],
    [403, '', 'blocked'],
    [404, '', 'blocked'],
    [405, '', 'blocked'],
    [429, 'Ingestion rate limit exceeded', 'throttled'],
    [500, '', 'retry'],
    [503, '', 'retry'],
  ])('%i %s is %s', (status, body, outcome) => {
    expect(loki.interpret(answer(status, body), {}).outcome).toBe(outcome);
  });

  it('is told in its own words', () => {
    expect(loki.interpret(answer(401, ' no org id\n'), {}).reason).toBe('Loki: no org id (HTTP 401)');
    expect(loki.interpret(answer(403), {})).toEqual({ outcome: 'blocked' });
    expect(loki.interpret(answer(200, 'stored'), {})).toEqual({ outcome: 'success' });
  });

  it('is always taken somehow', () => {
    expectEveryAnswerTaken(loki);
  });
});

describe('the URL', () => {
  it.each([
    ['https://l.example/loki/api/v1/push', 0],
    ['https://l.example/insert/loki/api/v1/push', 0],
    ['https://l.example/loki/api/v1/push/', 0],
    ['https://l.example/loki/api/v1/push/x', 1],
    ['https://l.example/loki/api/v1/query', 1],
  ])('%s has %i problems', (url, problems) => {
    expect(loki.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
  });
});
