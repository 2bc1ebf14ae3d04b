import { describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
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
import { cloudevents } from './cloudevents.js';

const WEBHOOK = { id: 'w-1', name: 'Broker', url: 'https://broker.example/events' };
const MODES = [{ mode: 'structured' }, { mode: 'binary' }];

/** What the SDK of the CloudEvents project reads, its strict validation included. */
function received(event: FormatEvent, options: FormatOptions): CloudEvent<any> {
  const { headers, body } = cloudevents.render(event, options, WEBHOOK);
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const found = HTTP.toEvent({ headers: lower, body: body.toString() }) as CloudEvent<any>;
  found.validate();
  return found;
}

/** A receiver decodes `ce-*` headers by percent; the SDK for Node.js leaves that to its user. */
const decoded = (value: unknown, { mode }: FormatOptions): string =>
  mode === 'binary' ? decodeURIComponent(String(value)) : String(value);

describe('what a receiver of CloudEvents is sent', () => {
  it.each(MODES)('is to the byte what it was: $mode', (options) => {
    expectGolden(`cloudevents-${options.mode}`, cloudevents, options, WEBHOOK.url);
  });

  it.each(MODES)('is read by the SDK of the CloudEvents project: $mode', (options) => {
    for (const event of SAMPLE_EVENTS) {
      const found = received(event, options);
      expect(decoded(found.id, options)).toBe(event.id);
      expect(found.type).toBe(`basset_hound.${event.event}`);
      expect(new Date(found.time!).toISOString()).toBe(event.timestamp);
      const wellFormed = JSON.stringify(event.data).replace(/\\ud[89a-f]../g, '\\ufffd');
      expect(JSON.stringify(found.data) === JSON.stringify(JSON.parse(wellFormed))).toBe(true);
    }
  });

  it.each(MODES)('is valid, whatever the event: $mode', (options) => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const found = received(event, options);
        expect(found.specversion).toBe('1.0');
        expect(decoded(found.id, options)).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
      }),
    );
  });

  it('has headers that HTTP can carry, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { headers } = cloudevents.render(event, { mode: 'binary' }, WEBHOOK);
        for (const [name, value] of Object.entries(headers)) {
          expect(name).toMatch(/^[A-Za-z-]+$/);
          if (name.startsWith('ce-')) expect(value).toMatch(/^[\u0021-\u007e]*$/);
        }
        expect(headers['ce-datacontenttype']).toBeUndefined();
      }),
    );
  });

  it('has source, subject and project', () => {
    const event = eventOf('entity.created', { entity_id: 'é 1%"' }, { projectId: 'a/b' });
    expect(received(event, {})).toMatchObject({
      source: '/basset-hound/projects/a%2Fb',
      subject: 'é 1%"',
      projectid: 'a/b',
      datacontenttype: 'application/json',
    });
    const { headers } = cloudevents.render(event, { mode: 'binary' }, WEBHOOK);
    expect(headers).toMatchObject({ 'ce-subject': '%C3%A9%201%25%22', 'Content-Type': 'application/json' });
  });

  it.each([
    'entity_id',
    'relationship_id',
    'orphan_id',
    'saved_search_id',
    'search_id',
    'report_id',
    'import_id',
    'export_id',
    'webhook_id',
  ])('is about its %s', (key) => {
    expect(received(eventOf('case.closed', { name: 'n', [key]: 's-1' }), {}).subject).toBe('s-1');
  });

  it('has no subject and no project of more than 512 characters', () => {
    const [whole, long] = ['x'.repeat(512), 'x'.repeat(513)];
    const one = received(eventOf('case.closed', { entity_id: whole }, { projectId: whole }), {});
    expect([one.subject, one.projectid]).toEqual([whole, whole]);
    const other = received(eventOf('case.closed', { entity_id: long }, { projectId: long }), {});
    expect([other.subject, other.projectid, other.source]).toEqual([undefined, undefined, '/basset-hound']);
  });

  it('writes what no attribute may hold as its bytes', () => {
    const event = eventOf('case.closed', {}, { id: 'a\u0001\ufffe', projectId: 'p\ud800' });
    const source = '/basset-hound/projects/p%EF%BF%BD';
    expect(received(event, {})).toMatchObject({ id: 'a%01%EF%BF%BE', source, projectid: 'p\ufffd' });
  });

  it('has no subject that is no name, so that its headers fit', () => {
    for (const event of SAMPLE_EVENTS) {
      const { headers } = cloudevents.render(event, { mode: 'binary' }, WEBHOOK);
      expect(JSON.stringify(headers).length).toBeLessThan(8192);
    }
  });

  it('takes source and type from the options, and has no project for an event of none', () => {
    const event = eventOf('system.health', {}, { projectId: null });
    const found = received(event, { source: 'urn:x:y', type_prefix: 'com.example.' });
    expect(found).toMatchObject({ source: 'urn:x:y', type: 'com.example.system.health' });
    expect(found.projectid).toBeUndefined();
    expect(received(event, {}).source).toBe('/basset-hound');
  });

  it('is the same each time', () => {
    expectDeterministic(cloudevents, { mode: 'binary' }, WEBHOOK.url);
  });
});

describe('what a receiver of CloudEvents answers', () => {
  it.each([
    [200, 'success'],
    [201, 'success'],
    [202, 'success'],
    [204, 'success'],
    [302, 'retry'],
    [410, 'gone'],
    [415, 'rejected'],
    [429, 'throttled'],
    [401, 'blocked'],
    [500, 'retry'],
  ])('%i is %s', (status, outcome) => {
    expect(cloudevents.interpret(answer(status), {}).outcome).toBe(outcome);
  });

  it('is always taken somehow', () => {
    expectEveryAnswerTaken(cloudevents);
  });
});
