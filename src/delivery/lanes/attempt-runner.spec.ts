import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { Endpoint } from '../model/endpoint.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { Sender } from '../sending/sender.js';
import { AttemptRunner } from './attempt-runner.js';
import { Lanes } from './lanes.js';

/** What becomes of a delivery that waited in memory, when its turn comes. */
function untried(held: Partial<HeldDelivery>, endpoint: Partial<Endpoint> | undefined) {
  const clock = new SystemClock();
  const lanes = new Lanes(DEFAULT_OPTIONS, clock);
  const registry = { get: () => endpoint } as unknown as EndpointRegistry;
  const lease = { id: 'me' } as InstanceLease;
  const runner = new AttemptRunner(registry, lease, {} as Sender, lanes, clock, DEFAULT_OPTIONS);
  const delivery = { id: 'd', webhookId: 'w', claimedBy: 'me', attempts: 0, generation: 1, manual: false };
  return runner.untried({ ...delivery, ...held } as HeldDelivery, lanes.lane('w'));
}

const ON = { active: true, generation: 1, locked: false };

describe('what waited in memory', () => {
  it('goes when its turn comes', () => {
    expect(untried({}, ON)).toBeUndefined();
  });

  it.each([
    ['was deleted', undefined, 'webhook was deleted'],
    ['was switched off', { ...ON, active: false, generation: 2 }, 'webhook is inactive'],
    ['was switched off, and on again', { ...ON, generation: 2 }, 'webhook is inactive'],
  ])('ends untried when its webhook %s meanwhile', (_, endpoint, errorMessage) => {
    expect(untried({}, endpoint)?.outcome).toMatchObject({ status: 'failed', attempt: null, errorMessage });
  });

  it('goes to a webhook that is off when a person asked for it', () => {
    expect(untried({ manual: true }, { ...ON, active: false, generation: 2 })).toBeUndefined();
  });

  it('is nobody’s when its claim is of a lease that was lost', () => {
    expect(untried({ claimedBy: 'former' }, ON)).toMatchObject({ outcome: null, answered: null });
  });
});
