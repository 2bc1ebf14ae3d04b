import { describe, expect, it } from '@jest/globals';
import { eventOf, SAMPLE_EVENTS } from '../../test/support/formats/events.js';
import { digestOf } from './digest-message.js';

const some = (event: string, count: number, data: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, n) =>
    eventOf(event, { name: `${event} ${n}`, ...data }, { id: `${event}-${n}` }),
  );

describe('the message of many events', () => {
  it('says how many of which type, the most frequent first, and the first titles', () => {
    const events = [...some('entity.updated', 2), ...some('entity.created', 7), ...some('import.failed', 1)];
    expect(digestOf(events, { defang: true })).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      project: 'op-lantern',
      kind: '10 events',
      title: '10 events',
      summary: '7 × Entity created, 2 × Entity updated, 1 × Import failed',
      facts: [
        { label: 'Entity created', value: '7' },
        { label: 'Entity updated', value: '2' },
        { label: 'Import failed', value: '1' },
        { label: '09:03:11', value: 'Entity updated: entity[.]updated 0' },
        { label: '09:03:11', value: 'Entity updated: entity[.]updated 1' },
        { label: '09:03:11', value: 'Entity created: entity[.]created 0' },
        { label: '09:03:11', value: 'Entity created: entity[.]created 1' },
        { label: '09:03:11', value: 'Entity created: entity[.]created 2' },
      ],
      severity: 'error',
      link: null,
      footer: 'digest of 10 · first: basset-hound · op-lantern · entity.updated-0',
      time: '2026-11-26T09:03:11.799Z',
      truncated: true,
      cut: { title: false, summary: false },
    });
  });

  it('puts together what is rare', () => {
    const plain = SAMPLE_EVENTS.filter(({ kind }) => kind === 'plain');
    const events = plain.flatMap(({ event }, n) => some(event, n < 8 ? 2 : 1));
    const { facts, summary } = digestOf(events, {});
    expect(facts.slice(0, 9).map(({ value }) => value)).toEqual([...Array<string>(8).fill('2'), '12']);
    expect(facts[8]?.label).toBe('Others');
    expect(summary.length).toBeLessThanOrEqual(300);
  });

  it('is only as urgent as its events, and cut only where titles are missing', () => {
    expect(digestOf(some('entity.created', 5), {})).toMatchObject({ severity: 'info', truncated: false });
    expect(digestOf([...some('entity.created', 1), ...some('entity.deleted', 1)], {}).severity).toBe(
      'notice',
    );
  });

  it('has the project of its events only where it is one', () => {
    const [a] = some('entity.created', 1);
    const other = eventOf('entity.created', {}, { projectId: 'other', id: 'x' });
    const none = eventOf('entity.created', {}, { projectId: null, id: 'y' });
    expect([[a!], [a!, other], [a!, none], [none]].map((events) => digestOf(events, {}).project)).toEqual([
      ...['op-lantern', null, null, null],
    ]);
  });

  it('has an id for just these events', () => {
    const ids = (events: typeof SAMPLE_EVENTS): string => digestOf(events, {}).id;
    expect(ids(SAMPLE_EVENTS)).toBe(ids([...SAMPLE_EVENTS]));
    expect(ids(SAMPLE_EVENTS.slice(0, 2))).not.toBe(ids([SAMPLE_EVENTS[0]!, SAMPLE_EVENTS[2]!]));
  });
});
