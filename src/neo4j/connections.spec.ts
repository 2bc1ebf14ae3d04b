import { expect, it } from '@jest/globals';
import type { Driver } from 'neo4j-driver';
import { Connections } from './connections.js';
import { StoreState } from './store-state.js';

it('has a pool for each kind of work: what one takes, the others do not miss', async () => {
  const taken: number[] = [];
  const open = (poolSize: number): Driver =>
    ({ session: () => void taken.push(poolSize), close: async () => undefined }) as unknown as Driver;
  const connections = new Connections(open, new StoreState(), 'neo4j');
  const sizes = (): number[] => {
    taken.length = 0;
    for (const lane of ['engine', 'api', 'pulse'] as const) connections.sessions(lane).session();
    return [...taken];
  };
  expect(sizes()).toEqual([50, 20, 4]);
  connections.replace();
  expect(sizes()).toEqual([50, 20, 4]);
  await connections.close();
});
