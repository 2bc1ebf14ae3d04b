import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ManualClock } from '../../../test/support/clock.js';
import { EventBody } from '../model/event-record.js';
import { GivenUpLog } from './given-up-log.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

const held = (webhookId: string, given: object = {}): any => ({
  ...{ id: 'd-1', eventId: 'e-1', event: 'entity.created', single: false, webhookId },
  body: new EventBody('{}', `00-${TRACE}-b7ad6b7169203331-01`),
  ...given,
});
const outcome = (status: string): any => ({
  ...{ status, attempts: 4, errorMessage: 'HTTP 500', attempt: { responseCode: 500 } },
});

describe('the log of deliveries that are given up', () => {
  const clock = new ManualClock();
  const lines: any[] = [];
  let log: GivenUpLog;

  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((...line: unknown[]) => void lines.push(line));
    const registry = { get: () => ({ destination: 'https://crm.example:8443' }) };
    log = new GivenUpLog(registry as any, clock);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const more = (): unknown[] => lines.map(([, { and_more: count }]) => count);

  it('says which one, and why, but no path', () => {
    log.tell(held('w'), outcome('failed'));
    expect(lines).toEqual([
      [
        'A delivery was given up',
        {
          ...{ delivery_id: 'd-1', event_id: 'e-1', webhook_id: 'w', event: 'entity.created', attempts: 4 },
          ...{ reason: 'HTTP 500', response_code: 500, host: 'crm.example:8443', trace_id: TRACE },
        },
      ],
    ]);
  });

  it('is silent about what arrived, what is tried again, and tests', () => {
    log.tell(held('w'), outcome('success'));
    log.tell(held('w'), outcome('retrying'));
    log.tell(held('w', { single: true }), outcome('failed'));
    expect(lines).toEqual([]);
  });

  it('tells of each webhook once a minute, and for how many', () => {
    for (let n = 0; n < 1000; n += 1) log.tell(held('w'), outcome('failed'));
    log.tell(held('other'), outcome('failed'));
    expect(more()).toEqual([undefined, undefined]);
    clock.advance(60_000);
    log.tell(held('w'), outcome('failed'));
    log.tell(held('w'), outcome('failed'));
    clock.advance(60_000);
    log.tell(held('w'), outcome('failed'));
    expect(more()).toEqual([undefined, undefined, 999, 1]);
  });

  it('forgets webhooks that are gone', () => {
    log.tell(held('w'), outcome('failed'));
    log.keepOnly(() => false);
    log.tell(held('w'), outcome('failed'));
    expect(more()).toEqual([undefined, undefined]);
  });
});
