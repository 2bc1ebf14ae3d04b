import { describe, expect, it, jest } from '@jest/globals';
import { BootGuard } from '../../neo4j/boot-guard.js';
import type { Endpoint } from '../model/endpoint.js';
import { EndpointRegistry } from './endpoint-registry.js';
import type { TargetChanges, EndpointRepository } from './endpoint.neo4j.repository.js';

const endpoint = (webhookId: string, more: Partial<Endpoint> = {}): Endpoint =>
  ({
    webhookId,
    url: 'https://a.example/',
    active: true,
    projectId: null,
    events: ['*'],
    ...more,
  }) as Endpoint;

/** A registry with `a` and `b` in it, and what it asks the graph from then on. */
async function started(changes: (TargetChanges | undefined)[]) {
  const asked: string[] = [];
  const repository: Partial<EndpointRepository> = {
    loadAll: async () => {
      asked.push('all');
      return { version: 5, endpoints: [endpoint('a'), endpoint('b')] };
    },
    changedSince: async (version) => {
      asked.push(`since ${version}`);
      return changes.shift();
    },
  };
  const registry = new EndpointRegistry(repository as EndpointRepository);
  await registry.refresh();
  const matched = (): string[] => registry.match('entity.created', null).map(({ webhookId }) => webhookId);
  return { registry, asked, matched };
}

describe('EndpointRegistry', () => {
  it('reads all webhooks once, and then what has changed', async () => {
    const { registry, asked, matched } = await started([
      { version: 7, endpoints: [endpoint('a', { active: false }), endpoint('c')], gone: ['b'] },
      { version: 7, endpoints: [], gone: [] },
    ]);
    expect(matched()).toEqual(['a', 'b']);
    await registry.refresh();
    expect(matched()).toEqual(['c']);
    expect([registry.version, registry.get('b')]).toEqual([7, undefined]);
    await registry.refresh();
    expect(asked).toEqual(['all', 'since 5', 'since 7']);
  });

  it('reads all of them again when it is told that one may be gone without a word, but not again and again', async () => {
    const { registry, asked } = await started([]);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 6000);
    try {
      await registry.reread();
      await registry.reread();
      expect(asked).toEqual(['all', 'all', 'since 5', 'all']);
    } finally {
      clock.mockRestore();
    }
  });

  it('leaves no graph open when it cannot be read at the start', async () => {
    let closed = 0;
    const guard = new BootGuard(async () => void (closed += 1));
    const loadAll = () => Promise.reject(new Error('away'));
    const registry = new EndpointRegistry({ loadAll } as unknown as EndpointRepository, guard);
    await expect(registry.onModuleInit()).rejects.toThrow('away');
    expect(closed).toBe(1);
  });

  it('reads all of them again when the graph cannot tell what changed', async () => {
    const { registry, asked } = await started([undefined]);
    await registry.refresh();
    expect(asked).toEqual(['all', 'since 5', 'all']);
  });

  it('tells of a webhook that has another URL or was switched on again, and of no other', async () => {
    const { registry } = await started([
      { version: 6, endpoints: [endpoint('a', { url: 'https://b.example/' }), endpoint('b')], gone: [] },
      { version: 7, endpoints: [endpoint('b', { active: false }), endpoint('new')], gone: [] },
      { version: 8, endpoints: [endpoint('b')], gone: [] },
    ]);
    const renewed: string[] = [];
    registry.renewed$.subscribe((webhookId) => renewed.push(webhookId));
    for (let n = 0; n < 3; n += 1) await registry.refresh();
    expect(renewed).toEqual(['a', 'b']);
  });
});
