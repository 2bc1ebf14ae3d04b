import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { of, Subject, throwError, VirtualTimeScheduler } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { Endpoint, Pace, Grouping } from '../model/endpoint.js';
import { DestinationThrottle } from './destination-throttle.js';
import { Paces } from './paces.js';
import { notWorkedOn, type AttemptRunner, type Run, type Together } from './attempt-runner.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import type { Lane } from './lane.js';
import { LaneQueue, type Surroundings } from './lane-queue.js';
import { Lanes } from './lanes.js';
import { SlotPool } from './slot-pool.js';

class SchedulerClock extends Clock {
  constructor(private readonly scheduler: VirtualTimeScheduler) {
    super();
  }

  now(): number {
    return this.scheduler.frame;
  }

  monotonic(): number {
    return this.scheduler.frame;
  }
}

/** Attempts hang until `answer`, but of those listed the receiver answers at once. */
function setUp({ rate = 0, concurrency = 1024 }) {
  const scheduler = new VirtualTimeScheduler(undefined, 60_000);
  const clock = new SchedulerClock(scheduler);
  const options = {
    ...DEFAULT_OPTIONS,
    maxRequestsPerSecond: rate,
    deliveryConcurrency: concurrency,
    deliveryConcurrencyPerWebhook: 4,
  };
  const lanes = new Lanes(options, clock);
  const slots = new SlotPool(options);
  const started: string[] = [];
  const ended: Run[] = [];
  const underWay = new Map<string, Subject<readonly Run[]>>();
  const special = new Map<string, () => ReturnType<AttemptRunner['attempt']>>();
  const refused = new Set<string>();
  const paced = new Map<string, Pace>();
  const grouped = new Map<string, Grouping>();
  const sharing = new Map<string, Together>();
  const state = { leased: true };
  const runner = {
    untried: (held: HeldDelivery, lane: Lane) => {
      const { id, webhookId } = held;
      lane.endpoint = {
        destination: webhookId.split('/')[0] ?? '',
        pace: paced.get(webhookId) ?? null,
        rendering: { grouping: grouped.get(webhookId) ?? null },
      } as Endpoint;
      return refused.has(id) ? notWorkedOn(held) : undefined;
    },
    attempt: (together: Together) => {
      const [{ id }] = together;
      started.push(together.map((held) => held.id).join('+'));
      const answer = new Subject<readonly Run[]>();
      underWay.set(id, answer);
      sharing.set(id, together);
      return special.get(id)?.() ?? answer;
    },
  } as unknown as AttemptRunner;
  const lease = { isHeld: () => state.leased, instances: 1 } as InstanceLease;
  const around: Surroundings = {
    runner,
    slots,
    throttle: new DestinationThrottle(options, scheduler, clock, lease),
    paces: new Paces(clock, { allowedPerSecond: () => Infinity }),
    scheduler,
    lease,
  };
  const queues = new Map<string, LaneQueue>();
  const queue = (id: string): LaneQueue => {
    const known = queues.get(id) ?? new LaneQueue(lanes.lane(id), around);
    queues.set(id, known);
    return known;
  };
  const add = (webhookId: string, id: string, manual = false): void => {
    const body = { bytes: Buffer.alloc(10) };
    const held = { id, webhookId, manual, body, single: false } as unknown as HeldDelivery;
    queue(webhookId).add({ held, ended: (run) => ended.push(run) });
  };
  /** @param again what of those that share the request is to go on, the others end */
  const answer = (id: string, again: Readonly<Record<string, 'again' | 'split'>> = {}): void => {
    const runs = sharing.get(id)?.map((held): Run => {
      const goesOn = again[held.id];
      return { held, outcome: null, answered: true, ...(goesOn && { again: goesOn }) };
    });
    underWay.get(id)?.next(runs ?? []);
    underWay.get(id)?.complete();
  };
  const elapse = (ms: number): void => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.schedule(() => undefined, ms);
    scheduler.flush();
  };
  const all = { lanes, slots, started, ended, special, refused, paced, grouped };
  return { ...all, state, queue, add, answer, elapse };
}

const idsOf = (runs: readonly Run[]): string[] => runs.map(({ held }) => held.id);

describe('LaneQueue', () => {
  beforeEach(() => Logger.overrideLogger(false));
  afterEach(() => Logger.overrideLogger(['log', 'error', 'warn']));

  it('starts in order, as many as the window lets', () => {
    const { add, answer, started } = setUp({});
    for (const id of ['1', '2', '3', '4', '5', '6']) add('a', id);
    expect(started).toEqual(['1']);
    answer('1');
    expect(started).toEqual(['1', '2', '3']);
    answer('2');
    expect(started).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('holds no slot while it waits for the throttle: 54 lanes of one slow destination leave all slots to others', () => {
    const { lanes, slots, add, elapse, started } = setUp({ rate: 1, concurrency: 8 });
    for (let n = 0; n < 54; n += 1) {
      lanes.lane(`slow/${n}`).window.resize(true);
      for (let i = 0; i < 5; i += 1) add(`slow/${n}`, `${n}:${i}`);
    }
    expect(slots.inFlight).toBe(1);
    lanes.lane('other').window.resize(true);
    lanes.lane('other').window.resize(true);
    for (const id of ['x', 'y', 'z']) add('other', id);
    elapse(3000);
    expect(started.filter((id) => !id.includes(':'))).toEqual(['x', 'y', 'z']);
    expect(slots.inFlight).toBe(3 + 4);
  });

  it('lets lanes of one destination take turns', () => {
    const { add, answer, elapse, started } = setUp({ rate: 1 });
    for (const id of ['a1', 'a2']) add('d/a', id);
    for (const id of ['b1', 'b2']) add('d/b', id);
    for (const id of ['a1', 'b1', 'a2', 'b2']) {
      answer(id);
      elapse(1000);
    }
    expect(started).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  it('gives a turn away for which there is no slot, and asks again when there is one', () => {
    const { lanes, add, answer, elapse, started } = setUp({ rate: 10, concurrency: 1 });
    for (const id of ['busy', 'd/b']) lanes.lane(id).window.resize(true);
    for (const id of ['1', '2']) add('busy', id);
    for (const id of ['b1', 'b2', 'b3']) add('d/b', id);
    add('d/c', 'c1');
    elapse(2000);
    expect(started).toEqual(['1', 'b1', '2', 'c1']);
    answer('2');
    elapse(2000);
    expect(started).toEqual(['1', 'b1', '2', 'c1', 'b2']);
  });

  it.each([0, 1000])('keeps the pace of a webhook below a throttle of %d', (rate) => {
    const { paced, lanes, add, answer, elapse, started } = setUp({ rate });
    paced.set('a', { key: 'a', perSecond: 1, burst: 2 });
    for (const id of ['1', '2', '3', '4']) add('a', id);
    lanes.lane('b').window.resize(true);
    for (const id of ['b1', 'b2']) add('b', id);
    elapse(100);
    answer('1');
    elapse(100);
    expect(started.toSorted()).toEqual(['1', '2', 'b1', 'b2']);
    answer('2');
    elapse(900);
    expect(started.at(-1)).toBe('3');
    elapse(500);
    expect(started.at(-1)).toBe('3');
    elapse(500);
    expect(started.at(-1)).toBe('4');
  });

  it('puts what a person asked for before the rest, within the limit of the webhook', () => {
    const { add, answer, started } = setUp({});
    for (const id of ['1', '2']) add('a', id);
    for (const id of ['m1', 'm2', 'm3', 'm4', 'm5']) add('a', id, true);
    expect(started).toEqual(['1', 'm1', 'm2', 'm3']);
    answer('m2');
    expect(started).toEqual(['1', 'm1', 'm2', 'm3', 'm4']);
  });

  it('ends nothing but the attempt when an attempt throws', () => {
    const { slots, special, add, answer, started, ended } = setUp({});
    special.set('bad', () => throwError(() => new Error('broken')));
    special.set('worse', () => {
      throw new Error('broken at once');
    });
    for (const id of ['bad', 'worse', 'good']) add('a', id);
    expect(started).toEqual(['bad', 'worse', 'good']);
    answer('good');
    expect(idsOf(ended)).toEqual(['bad', 'worse', 'good']);
    expect(slots.inFlight).toBe(0);
  });

  it('needs no slot for what must not go, and goes over twenty thousand of them without recursion', () => {
    const { refused, special, add, answer, ended } = setUp({});
    add('a', 'first');
    for (let n = 0; n < 20_000; n += 1) {
      add('a', `waits ${n}`);
      if (n % 2 === 0) refused.add(`waits ${n}`);
      else
        special.set(`waits ${n}`, () =>
          of([{ held: { id: `waits ${n}` }, outcome: null, answered: true } as Run]),
        );
    }
    answer('first');
    expect(ended).toHaveLength(20_001);
  });

  it('starts nothing without the lease, and goes on when it is told', () => {
    const { state, add, started, queue } = setUp({});
    state.leased = false;
    add('a', '1');
    expect(started).toEqual([]);
    state.leased = true;
    queue('a').advance();
    expect(started).toEqual(['1']);
  });

  it('ends what waits when it is closed, and what is in flight when it is told to', () => {
    const { slots, add, queue, ended } = setUp({});
    for (const id of ['1', '2', '3']) add('a', id);
    queue('a').close();
    expect(idsOf(ended)).toEqual(['2', '3']);
    add('a', '4');
    queue('a').abort();
    expect(idsOf(ended)).toEqual(['2', '3', '4', '1']);
    expect([slots.inFlight, queue('a').isIdle]).toEqual([0, true]);
  });

  describe('with requests that several deliveries share', () => {
    const inThrees: Grouping = { kind: 'batch', atLeast: 2, atMost: 3, maxBytes: 100 };
    const ids = ['1', '2', '3', '4', '5', '6', '7', '8'];

    it('sends what waits together, in order and within one slot', () => {
      const { grouped, slots, add, answer, started } = setUp({});
      grouped.set('a', inThrees);
      for (const id of ids) add('a', id);
      expect([started, slots.inFlight]).toEqual([['1'], 1]);
      answer('1');
      expect([started, slots.inFlight]).toEqual([['1', '2+3+4', '5+6+7'], 2]);
    });

    it('takes one turn of the pace, and goes on in its place with what the answer says nothing of', () => {
      const { grouped, paced, add, answer, elapse, started, ended } = setUp({});
      grouped.set('a', inThrees);
      paced.set('a', { key: 'a', perSecond: 1, burst: 1 });
      for (const id of ids) add('a', id);
      answer('1');
      elapse(1000);
      expect(started).toEqual(['1', '2+3+4']);
      answer('2', { 3: 'again' });
      expect(idsOf(ended)).toEqual(['1', '2', '4']);
      elapse(1000);
      expect(started.at(-1)).toBe('3+5+6');
    });

    it('finds the one that makes a request be refused as a whole, in smaller and smaller parts', () => {
      const { grouped, add, answer, started, ended } = setUp({});
      grouped.set('a', { ...inThrees, atMost: 4 });
      for (const id of ids.slice(0, 5)) add('a', id);
      answer('1');
      answer('2', { 2: 'split', 3: 'split', 4: 'split', 5: 'split' });
      expect(started).toEqual(['1', '2+3+4+5', '2+3', '4+5']);
      answer('2', { 2: 'split', 3: 'split' });
      answer('4');
      expect(started.slice(4)).toEqual(['2', '3']);
      expect(idsOf(ended)).toEqual(['1', '4', '5']);
    });

    it('sends each alone where too few wait, and what a person asked for, and a probe', () => {
      const { grouped, lanes, add, answer, started } = setUp({});
      grouped.set('a', { ...inThrees, kind: 'digest', atLeast: 3 });
      for (const id of ['1', '2', '3']) add('a', id);
      answer('1');
      expect(started).toEqual(['1', '2', '3']);
      for (const id of ['2', '3']) answer(id);
      lanes.lane('b').breaker.open();
      grouped.set('b', inThrees);
      for (const id of ['b1', 'b2', 'b3']) add('b', id, id === 'b1');
      answer('b1');
      expect(started.slice(3)).toEqual(['b1', 'b2', 'b3']);
    });

    it('takes none along that must not go now', () => {
      const { grouped, refused, add, answer, started, ended } = setUp({});
      grouped.set('a', inThrees);
      for (const id of ids.slice(0, 5)) add('a', id);
      refused.add('3');
      answer('1');
      expect(started).toEqual(['1', '2', '4+5']);
      expect(idsOf(ended)).toEqual(['1', '3']);
    });

    it('ends all of them when the attempt throws, or the service stops', () => {
      const { grouped, special, queue, add, answer, ended } = setUp({});
      grouped.set('a', inThrees);
      special.set('2', () => throwError(() => new Error('broken')));
      for (const id of ids) add('a', id);
      answer('1');
      expect(idsOf(ended)).toEqual(['1', '2', '3', '4']);
      queue('a').close();
      queue('a').abort();
      expect(idsOf(ended).toSorted()).toEqual(ids);
      expect(ended.every(({ outcome }) => outcome === null)).toBe(true);
    });
  });
});
