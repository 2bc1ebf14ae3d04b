import { describe, expect, it } from '@jest/globals';
import { DELIVERY_STATUSES } from './delivery.js';
import { isFinished, nextStatus, type Transition } from './delivery-status.js';

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

describe('isFinished', () => {
  it('is true of success and failed only', () => {
    expect(DELIVERY_STATUSES.filter(isFinished)).toEqual(['success', 'failed']);
  });
});
