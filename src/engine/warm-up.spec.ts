import { describe, expect, it } from '@jest/globals';
import type { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { SlotPool } from '../delivery/lanes/slot-pool.js';
import type { RehearsalRepository } from './rehearsal.neo4j.repository.js';
import { WarmUp } from './warm-up.js';

function warmUp(play: () => Promise<void>, slots = { inFlight: 0 }): WarmUp {
  return new WarmUp(
    { play } as unknown as RehearsalRepository,
    slots as SlotPool,
    { version: 7 } as EndpointRegistry,
  );
}

describe('the warm-up', () => {
  it('plays with the version that is matched against, and is done at once where nothing is cold', async () => {
    const versions: number[] = [];
    const play = async (version?: number): Promise<void> => void versions.push(version!);
    await warmUp(play).beforeReadiness();
    expect(versions).toEqual([7]);
  });

  it('holds up no start that Neo4j does not answer, or answers with an error', async () => {
    await warmUp(() => new Promise(() => undefined)).beforeReadiness();
    await warmUp(() => Promise.reject(new Error('away'))).beforeReadiness();
  });

  it('lets what is to be delivered go first, and ends when it is told to', async () => {
    let played = 0;
    const slots = { inFlight: 0 };
    const warm = warmUp(async () => {
      played += 1;
      slots.inFlight = 1;
    }, slots);
    warm.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(played).toBe(1);
    warm.stop();
    slots.inFlight = 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(played).toBe(1);
  });
});
