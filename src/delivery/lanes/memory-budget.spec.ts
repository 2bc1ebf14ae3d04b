import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { Endpoint } from '../model/endpoint.js';
import { EventBody } from '../model/event-record.js';
import { DueIndex } from '../queue/due-index.js';
import { MemoryBudget } from './memory-budget.js';
import { Lanes } from './lanes.js';

const MIB = 1024 * 1024;

function setUp(maxRequestsPerSecond = 0) {
  const options = { ...DEFAULT_OPTIONS, maxRequestsPerSecond };
  const lanes = new Lanes(options, new SystemClock());
  const dueTimes = new DueIndex();
  return { lanes, dueTimes, held: new MemoryBudget(lanes, dueTimes) };
}

/** A receiver that has answered often enough for the widest window. */
function warm(lanes: Lanes, webhookId: string): void {
  for (let i = 0; i < 10; i += 1) lanes.lane(webhookId).window.resize(true);
}

function fill(held: MemoryBudget, webhookId: string, bytes: number): number {
  let count = 0;
  while (held.tryHold(webhookId, `${webhookId}-${bytes}-${count}`, bytes)) count += 1;
  return count;
}

describe('MemoryBudget', () => {
  it('holds little of a webhook that has not answered yet, and much of one that answers', () => {
    const { lanes, held } = setUp();
    expect(fill(held, 'new', 400)).toBe(2);
    warm(lanes, 'fast');
    expect(fill(held, 'fast', 400)).toBe(2048);
  });

  it('holds no more than goes out within two seconds under a throttle', () => {
    const { lanes, held } = setUp(10);
    warm(lanes, 'fast');
    expect(fill(held, 'fast', 400)).toBe(20);
  });

  it('tells who feeds it when hardly anything is held any more, and lets nobody wait for long', async () => {
    const { lanes, held } = setUp();
    warm(lanes, 'fast');
    for (let i = 0; i < 4; i += 1) held.tryHold('fast', `e-${i}`, 400);
    let told = false;
    const wait = held.untilHolds(2, 60_000).then(() => (told = true));
    held.letGo('fast', 'e-0');
    await new Promise(setImmediate);
    expect(told).toBe(false);
    held.letGo('fast', 'e-1');
    await wait;
    await held.untilHolds(2, 60_000);
    await held.untilHolds(1, 20);
    expect(held.size).toBe(2);
  });

  describe('of a webhook whose requests settle many deliveries', () => {
    const together = (lanes: Lanes, webhookId: string, atMost = 500): void => {
      lanes.lane(webhookId).endpoint = { rendering: { grouping: { atMost } } } as Endpoint;
    };

    it('holds as many as the next requests take', () => {
      const { lanes, held } = setUp();
      together(lanes, 'chat');
      expect(fill(held, 'chat', 400)).toBe(1000);
      together(lanes, 'siem', 100);
      warm(lanes, 'siem');
      expect(fill(held, 'siem', 400)).toBe(4000);
    });

    it('leaves half of the room to the others', () => {
      const { lanes, held } = setUp();
      for (let n = 0; n < 30; n += 1) together(lanes, `chat-${n}`);
      for (let n = 0; n < 10; n += 1) expect(fill(held, `chat-${n}`, 1)).toBe(1000);
      expect(fill(held, 'chat-10', 1)).toBe(2);
      warm(lanes, 'fast');
      expect(fill(held, 'fast', 1)).toBe(2048);
    });

    it('leaves half of the bytes to the others', () => {
      const { lanes, held } = setUp();
      for (let n = 0; n < 5; n += 1) together(lanes, `chat-${n}`);
      for (let n = 0; n < 4; n += 1) expect(fill(held, `chat-${n}`, MIB)).toBe(8);
      expect(fill(held, 'chat-4', MIB)).toBe(2);
      warm(lanes, 'fast');
      expect(fill(held, 'fast', MIB)).toBe(8);
    });
  });

  it('stays within its bytes, but always has room for two of a webhook', () => {
    const { lanes, held } = setUp();
    for (let i = 0; i < 9; i += 1) warm(lanes, `large-${i}`);
    for (let i = 0; i < 8; i += 1) expect(fill(held, `large-${i}`, MIB)).toBe(8);
    expect(fill(held, 'small', 64 * 1024)).toBe(2);
    expect(fill(held, 'large-8', MIB)).toBe(1);
    expect(fill(held, 'large-9', MIB)).toBe(0);
    expect(fill(held, 'other', 64 * 1024)).toBe(2);
  });

  it('holds a body alone that is larger than all room, and counts one that is shared once', () => {
    const { held } = setUp();
    const huge = 200 * MIB;
    for (let i = 0; i < 500; i += 1) expect(held.tryHold(`w-${i}`, 'shared', huge)).toBe(true);
    expect(held.tryHold('other', 'huge', huge)).toBe(false);
    expect(held.tryHold('other', 'large', 15 * MIB)).toBe(true);
    for (let i = 0; i < 500; i += 1) held.letGo(`w-${i}`, 'shared');
    expect(held.tryHold('another', 'huge', huge)).toBe(true);
  });

  it('shares a body among those that hold it, and forgets it with the last of them', () => {
    const { held } = setUp();
    const [first, second] = [new EventBody('1'), new EventBody('2')];
    held.hold('a', 'e', 1);
    expect(held.bodyOf('e')).toBeUndefined();
    expect(held.keepBody('e', first)).toBe(first);
    held.hold('b', 'e', 1);
    expect(held.keepBody('e', second)).toBe(first);
    held.letGo('a', 'e');
    expect(held.bodyOf('e')).toBe(first);
    held.letGo('b', 'e');
    expect(held.bodyOf('e')).toBeUndefined();
  });

  it('tells which webhook has room again, and gives back what it counted', () => {
    const { lanes, held } = setUp();
    warm(lanes, 'a');
    const freed: string[] = [];
    held.freed$.subscribe((id) => freed.push(id));
    for (let i = 0; i < 2000; i += 1) held.hold('a', `e-${i}`, 10);
    for (let i = 0; i < 2000; i += 1) held.letGo('a', `e-${i}`);
    expect(new Set(freed)).toEqual(new Set(['a']));
    expect(held.size).toBe(0);
  });

  it('takes no new event of a webhook whose breaker is open, and claims one delivery of it at a time', () => {
    const { lanes, held } = setUp();
    lanes.openBreakersOf(['failing']);
    expect(held.tryHold('failing', 'e', 10)).toBe(false);
    expect(held.free('failing')).toBe(1);
    held.hold('failing', 'e', 10);
    expect(held.free('failing')).toBe(0);
    expect(held.tryHold('other', 'e', 10)).toBe(true);
  });

  it('takes no new event of a webhook that pauses, nor before what it left in the graph is gone', () => {
    const { lanes, dueTimes, held } = setUp();
    lanes.lane('busy').pause.lengthen(60_000, 0);
    expect(held.tryHold('busy', 'e', 10)).toBe(false);
    lanes.lane('busy').pause.end();
    dueTimes.note('busy', 0);
    expect(held.tryHold('busy', 'e', 10)).toBe(false);
    dueTimes.replace('busy', undefined, dueTimes.mark());
    expect(held.tryHold('busy', 'e', 10)).toBe(true);
  });

  it('takes many at once that only end, whatever their lane is like', () => {
    const { lanes, held } = setUp();
    lanes.openBreakersOf(['switched off']);
    held.hold('switched off', 'e', 400);
    expect(held.freeToEnd()).toBeGreaterThan(10_000);
  });

  it('holds nothing more once it is closed', () => {
    const { held } = setUp();
    held.close();
    expect(held.tryHold('a', 'e', 1)).toBe(false);
  });
});
