import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import { anyEvent, expectDeterministic } from '../../../test/support/formats/properties.js';
import type { Format, FormatEvent } from '../format.js';
import { cef } from './cef.js';
import { leef } from './leef.js';

const WEBHOOK = { id: 'w-1', name: 'SIEM', url: 'https://siem.example/line' };
const line = (format: Format, event: FormatEvent): string =>
  format.render(event, {}, WEBHOOK).body.toString();
const BOTH = [cef, leef];

/** Reads a CEF line as its guide says. */
function parseCef(text: string): { header: string[]; keys: Record<string, string> } {
  const parts = text.match(/(?:[^\\|]|\\.)*(?:\||$)/g)!;
  const header = parts.slice(0, 7).map((part) => part.slice(0, -1).replace(/\\(.)/g, '$1'));
  const rest = text.slice(parts.slice(0, 7).join('').length);
  const found = [...rest.matchAll(/(?:^| )(\w+)=((?:[^\\=]|\\.)*?)(?= \w+=|$)/g)];
  const unescape = (value: string): string =>
    value.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character));
  return { header, keys: Object.fromEntries(found.map(([, key, value]) => [key!, unescape(value!)])) };
}

describe.each(BOTH)('a line of $name', (format) => {
  it('is to the byte what it was', () => {
    expectGolden(format.name, format, {}, WEBHOOK.url);
  });

  it('is one line within the limit, whatever the event', () => {
    const check = (event: FormatEvent): void => {
      const text = line(format, event);
      expect(text).not.toMatch(/[\r\n\u2028\u2029]/);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 * 1024);
    };
    SAMPLE_EVENTS.forEach(check);
    fc.assert(fc.property(anyEvent, check));
  });

  it('says what was cut', () => {
    for (const event of SAMPLE_EVENTS.filter(({ kind }) => kind !== 'hostile'))
      expect(format.render(event, {}, WEBHOOK).truncated).toBe(event.kind === 'oversized');
  });

  it('ends with a line break where that is asked for', () => {
    const { body } = format.render(SAMPLE_EVENTS[0]!, { newline: true }, WEBHOOK);
    expect(body.toString()).toBe(`${line(format, SAMPLE_EVENTS[0]!)}\n`);
  });

  it('is the same each time', () => {
    expectDeterministic(format, {}, WEBHOOK.url);
  });

  it('is taken by the status of the answer', () => {
    const outcomes = [200, 400, 401, 429, 503].map((status) => format.interpret(answer(status), {}).outcome);
    expect(outcomes).toEqual(['success', 'rejected', 'blocked', 'throttled', 'retry']);
  });
});

describe('a line of CEF', () => {
  it('has seven parts of a header and the keys that were meant, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { header, keys } = parseCef(line(cef, event));
        expect(header).toHaveLength(7);
        expect(header.slice(0, 3)).toEqual(['CEF:0', 'Basset Hound', 'Webhooks']);
        expect(header[4]).toBe(event.event);
        expect(header[6]).toMatch(/^[3468]$/);
        const allowed = [
          'rt',
          'externalId',
          'act',
          'cat',
          'outcome',
          'dvchost',
          'msg',
          'cs1Label',
          'cs1',
          'cs2Label',
          'cs2',
        ];
        expect(Object.keys(keys).filter((key) => !allowed.includes(key))).toEqual([]);
      }),
    );
  });

  it('gives back what was put in', () => {
    const data = { name: 'a|b=c\\d', text: 'first\nact=forged CEF:0|x' };
    const { keys } = parseCef(line(cef, eventOf('entity.created', data, { projectId: 'p|q=r\\s' })));
    expect(keys).toMatchObject({
      act: 'entity.created',
      cs1Label: 'project',
      cs1: 'p|q=r\\s',
      outcome: 'success',
    });
    expect(JSON.parse(keys.cs2!)).toEqual(data);
  });
});

describe('a line of CEF for odd events', () => {
  it('keeps no line break in its header, and no space at the end of a value', () => {
    const event = eventOf('case\r\n.a|b', {}, { projectId: ' p ' });
    const { header, keys } = parseCef(line(cef, event));
    expect([header[4], keys.act, keys.cs1]).toEqual(['case .a|b', 'case\n.a|b', 'p']);
  });

  it('has no project where there is none, and cuts the type of an event to what `act` takes', () => {
    const event = eventOf(`${'a'.repeat(50)}.${'b'.repeat(50)}`, {}, { projectId: null });
    const { header, keys } = parseCef(line(cef, event));
    expect([keys.cs1Label, keys.cat, keys.act]).toEqual([
      undefined,
      'a'.repeat(50),
      `${'a'.repeat(50)}.${'b'.repeat(9)}…`,
    ]);
    expect(header[4]).toBe(event.event);
    expect(cef.render(event, {}, WEBHOOK).truncated).toBe(true);
  });
});

describe('a line of LEEF', () => {
  it('has no other separator in its header, nor a tab or line break in a value', () => {
    const text = line(leef, eventOf('case.a|b\nc', {}, { projectId: 'p\tq\nr' }));
    expect(text.split('|').slice(4, 6)).toEqual(['case.a/b c', 'x09']);
    expect(text.split('\t')).toContain('projectId=p q r');
    expect(text.split('\t')).toContain('cat=case');
  });

  it('has the attributes that were meant, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const [head, ...rest] = line(leef, event).split('x09|');
        expect(head!.split('|')).toHaveLength(6);
        const names = rest
          .join('x09|')
          .split('\t')
          .map((part) => part.split('=', 1)[0]);
        const project = event.projectId === null ? [] : ['projectId'];
        expect(names).toEqual([
          'devTime',
          'devTimeFormat',
          'cat',
          'sev',
          'eventId',
          ...project,
          'msg',
          'data',
        ]);
      }),
    );
  });
});
