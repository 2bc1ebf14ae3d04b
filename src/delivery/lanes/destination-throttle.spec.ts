import { describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { NoMetrics } from '../../common/metrics/delivery-metrics.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import { DestinationThrottle } from './destination-throttle.js';

/** How many of three instances' requests start within a virtual second, when 12 are allowed. */
function startedBy(instances: number): number {
  const scheduler = new TestScheduler(() => undefined);
  const clock = { monotonic: () => scheduler.now() };
  const lease = { instances } as InstanceLease;
  let started = 0;
  scheduler.run(() => {
    const all = Array.from(
      { length: instances },
      () => new DestinationThrottle({ maxRequestsPerSecond: 12 } as any, scheduler, clock as any, lease),
    );
    for (const throttle of all) {
      for (let n = 0; n < 20; n += 1) {
        throttle.request('https://receiver', () => {
          if (scheduler.now() < 1000) started += 1;
          return true;
        });
      }
    }
    scheduler.flush();
  });
  return started;
}

describe('DestinationThrottle', () => {
  it.each([1, 2, 3, 4])('keeps the limit of a destination with %i instances together', (instances) => {
    expect(startedBy(instances)).toBe(12);
  });

  it('takes up the part of an instance that is gone', () => {
    const scheduler = new TestScheduler(() => undefined);
    const lease = { instances: 2 };
    const starts: number[] = [];
    scheduler.run(() => {
      const clock = { monotonic: () => scheduler.now() };
      const throttle = new DestinationThrottle(
        { maxRequestsPerSecond: 10 } as any,
        scheduler,
        clock as any,
        lease as any,
      );
      for (let n = 0; n < 5; n += 1)
        throttle.request('https://receiver', () => starts.push(scheduler.now()) > 0);
      scheduler.schedule(() => (lease.instances = 1), 250);
      scheduler.flush();
    });
    expect(starts).toEqual([0, 200, 400, 500, 600]);
  });

  it('tells how long whoever used a turn had waited for it', () => {
    const scheduler = new TestScheduler(() => undefined);
    const clock = { monotonic: () => scheduler.now() };
    const waits: number[] = [];
    const metrics = Object.assign(new NoMetrics(), {
      waitedForTurn: (seconds: number) => waits.push(seconds),
    });
    scheduler.run(() => {
      const options = { maxRequestsPerSecond: 10 } as any;
      const lease = { instances: 1 } as InstanceLease;
      const throttle = new DestinationThrottle(options, scheduler, clock as any, lease, metrics);
      for (const isUsed of [true, false, true]) throttle.request('https://receiver', () => isUsed);
      scheduler.flush();
    });
    expect(waits).toEqual([0, 0.1]);
  });
});
