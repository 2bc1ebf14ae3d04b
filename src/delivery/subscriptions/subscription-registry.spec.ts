import { describe, expect, it } from '@jest/globals';
import type { Target } from '../sending/target.js';
import { SubscriptionRegistry } from './subscription-registry.js';
import type { TargetChanges, TargetRepository } from './target.repository.js';

const target = (webhookId: string, more: Partial<Target> = {}): Target =>
  ({ webhookId, url: 'https://a.example/', active: true, projectId: null, events: ['*'], ...more }) as Target;

/** A registry with `a` and `b` in it, and what it asks the graph from then on. */
async function started(changes: (TargetChanges | undefined)[]) {
  const asked: string[] = [];
  const repository: Partial<TargetRepository> = {
    loadAll: async () => {
      asked.push('all');
      return { version: 5, targets: [target('a'), target('b')] };
    },
    changedSince: async (version) => {
      asked.push(`since ${version}`);
      return changes.shift();
    },
  };
  const registry = new SubscriptionRegistry(repository as TargetRepository);
  await registry.refresh();
  const matched = (): string[] => registry.match('entity.created', null).map(({ webhookId }) => webhookId);
  return { registry, asked, matched };
}

describe('SubscriptionRegistry', () => {
  it('reads all webhooks once, and then what has changed', async () => {
    const { registry, asked, matched } = await started([
      { version: 7, targets: [target('a', { active: false }), target('c')], gone: ['b'] },
      { version: 7, targets: [], gone: [] },
    ]);
    expect(matched()).toEqual(['a', 'b']);
    await registry.refresh();
    expect(matched()).toEqual(['c']);
    expect([registry.version, registry.get('b')]).toEqual([7, undefined]);
    await registry.refresh();
    expect(asked).toEqual(['all', 'since 5', 'since 7']);
  });

  it('reads all of them again when the graph cannot tell what changed', async () => {
    const { registry, asked } = await started([undefined]);
    await registry.refresh();
    expect(asked).toEqual(['all', 'since 5', 'all']);
  });

  it('tells of a webhook that has another URL or was switched on again, and of no other', async () => {
    const { registry } = await started([
      { version: 6, targets: [target('a', { url: 'https://b.example/' }), target('b')], gone: [] },
      { version: 7, targets: [target('b', { active: false }), target('new')], gone: [] },
      { version: 8, targets: [target('b')], gone: [] },
    ]);
    const renewed: string[] = [];
    registry.renewed$.subscribe((webhookId) => renewed.push(webhookId));
    for (let n = 0; n < 3; n += 1) await registry.refresh();
    expect(renewed).toEqual(['a', 'b']);
  });
});
