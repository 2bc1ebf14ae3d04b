import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { accessOf, type DeliveryFilter, logParameters } from './log-query.js';

const DAY_MS = 86_400_000;
const TIME = '2026-05-05T05:05:05.005Z';

describe('accessOf', () => {
  it.each<[DeliveryFilter, string]>([
    [{}, 'time'],
    [{ since: TIME }, 'time'],
    [{ event: 'entity.created' }, 'event'],
    [{ event: 'entity.created', projectId: 'p' }, 'project'],
    [{ status: 'failed', projectId: 'p' }, 'status'],
    [{ webhookId: 'w', event: 'entity.created' }, 'status'],
  ])('of %j is %s', (filter, access) => {
    expect(accessOf(filter)).toBe(access);
  });
});

describe('logParameters', () => {
  it('narrow the ids to those made from a day before `since` to a day after `until`', () => {
    const { from, before } = logParameters({ since: TIME, until: TIME }) as { from: string; before: string };
    const made = (offset: number): string => uuidv7({ msecs: Date.parse(TIME) + offset });
    for (const offset of [-DAY_MS, 0, DAY_MS - 1])
      expect([made(offset) >= from, made(offset) < before]).toEqual([true, true]);
    expect(made(-DAY_MS - 1) >= from).toBe(false);
    expect(made(DAY_MS) < before).toBe(false);
  });

  it('go on after the last page, or end at `until`, whichever is earlier', () => {
    const late = uuidv7({ msecs: Date.parse(TIME) + 2 * DAY_MS });
    const early = uuidv7({ msecs: Date.parse(TIME) });
    expect(logParameters({ until: TIME }, early)['before']).toBe(early);
    expect(logParameters({ until: TIME }, late)['before']).not.toBe(late);
    expect(logParameters({}, late)['before']).toBe(late);
  });

  it('take a time before the epoch for the epoch', () => {
    expect(logParameters({ since: '0001-01-01T00:00:00.000Z' })['from']).toBe('00000000-0000');
  });
});
