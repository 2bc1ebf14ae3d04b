import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DELIVERY_STATUSES,
  type DeliveryStatus,
  isFinished,
  nextStatus,
  type Transition,
} from './delivery.js';

const TRANSITIONS: readonly Transition[] = [
  'claim',
  'release',
  'succeed',
  'schedule-retry',
  'give-up',
  'retry-manually',
];

describe('nextStatus', () => {
  it('allows exactly the transitions of the design', () => {
    const legal = DELIVERY_STATUSES.flatMap((from) =>
      TRANSITIONS.flatMap((transition) => {
        const to = nextStatus(from, transition);
        return to === null ? [] : [`${from} ${transition} ${to}`];
      }),
    );
    expect(legal).toEqual([
      'pending claim sending',
      'sending release pending',
      'sending succeed success',
      'sending schedule-retry retrying',
      'sending give-up failed',
      'failed retry-manually pending',
      'retrying claim sending',
      'retrying retry-manually pending',
    ]);
  });

  it('lets nothing follow a success', () => {
    expect(TRANSITIONS.map((transition) => nextStatus('success', transition))).toEqual(
      TRANSITIONS.map(() => null),
    );
  });
});

describe('any sequence of transitions', () => {
  it('leaves the legal graph nowhere: a success stays, a failure is left by hand only', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TRANSITIONS), { maxLength: 50 }), (transitions) => {
        let status: DeliveryStatus = 'pending';
        for (const transition of transitions) {
          const next = nextStatus(status, transition);
          if (next === null) continue;
          expect(DELIVERY_STATUSES).toContain(next);
          expect(status).not.toBe('success');
          if (status === 'failed') expect(transition).toBe('retry-manually');
          // Only what is held ends: nothing is finished without an attempt.
          if (isFinished(next)) expect(status).toBe('sending');
          status = next;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('isFinished', () => {
  it('is true of success and failed only', () => {
    expect(DELIVERY_STATUSES.filter(isFinished)).toEqual(['success', 'failed']);
  });
});
