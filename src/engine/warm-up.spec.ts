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

  it('asks each question once after readiness, one that fails does not keep the next from it', async () => {
    const asked: string[] = [];
    const slots = { inFlight: 0 };
    const warm = warmUp(async () => undefined, slots);
    warm.ask(async () => {
      asked.push('first');
      throw new Error('away');
    });
    warm.ask(async () => void asked.push('second'));
    await warm.beforeReadiness();
    expect(asked).toEqual([]);
    warm.start();
    while (asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    warm.stop();
    expect(asked).toEqual(['first', 'second']);
  });

  it('asks nothing while something is delivered, nor after it was told to end', async () => {
    const asked: string[] = [];
    const slots = { inFlight: 1 };
    const warm = warmUp(async () => undefined, slots);
    warm.ask(async () => void asked.push('question'));
    warm.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    warm.stop();
    slots.inFlight = 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked).toEqual([]);
  });
});
