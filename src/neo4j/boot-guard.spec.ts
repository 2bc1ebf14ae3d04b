import { expect, it } from '@jest/globals';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { EndpointRepository } from '../delivery/endpoints/endpoint.neo4j.repository.js';
import { BootGuard } from './boot-guard.js';

it('closes the graph when a part of the start fails, and tells why it failed', async () => {
  let closed = 0;
  const guard = new BootGuard(async () => {
    closed += 1;
    throw new Error('closed already');
  });
  expect(await guard.during(async () => 7)).toBe(7);
  expect(closed).toBe(0);
  const loadAll = () => Promise.reject(new Error('no webhooks'));
  const registry = new EndpointRegistry({ loadAll } as unknown as EndpointRepository, guard);
  await expect(registry.onModuleInit()).rejects.toThrow('no webhooks');
  expect(closed).toBe(1);
});
