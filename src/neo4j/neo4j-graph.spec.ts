import { describe, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import type { SignsOfLife } from './attempt-limit.js';
import { Neo4jGraph, type Sessions } from './neo4j-graph.js';
import { StoreState } from './store-state.js';

const FULL_DISK = new neo4j.Neo4jError('', 'Neo.DatabaseError.Statement.ExecutionFailed', '', '');
const MINUTE_MS = 60_000;

/** A graph that last heard of its server a while ago, and whose clock is the test's. */
function setUp() {
  const clock = { ms: Math.floor(performance.now()) };
  const state = new StoreState(() => clock.ms);
  const life = { heardAt: () => Math.min(state.heardAt, performance.now()) } as unknown as SignsOfLife;
  const graph = new Neo4jGraph({} as Sessions, { database: 'neo4j', patienceMs: 0, state, life });
  return { clock, state, graph };
}

describe('Neo4jGraph', () => {
  it('is away when nothing has come back for as long as the caller waits, and has waited', () => {
    const { clock, state, graph } = setUp();
    clock.ms -= MINUTE_MS;
    state.succeeded(true);
    expect(graph.silentMs()).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(graph.isAway(MINUTE_MS, MINUTE_MS)).toBe(true);
    expect(graph.isAway(MINUTE_MS - 1, MINUTE_MS)).toBe(false);
    expect(graph.isAway(2 * MINUTE_MS, 2 * MINUTE_MS)).toBe(false);
  });

  it('is slow, not away, while it answers anybody', () => {
    const { clock, state, graph } = setUp();
    clock.ms = performance.now();
    state.succeeded(false);
    expect(graph.isAway(10 * MINUTE_MS, MINUTE_MS)).toBe(false);
  });

  it('is away while it answers that it cannot work', () => {
    const { clock, state, graph } = setUp();
    state.succeeded(true);
    state.failed(FULL_DISK, true);
    clock.ms += MINUTE_MS;
    state.failed(FULL_DISK, true);
    state.succeeded(false);
    expect(graph.isAway(MINUTE_MS, MINUTE_MS)).toBe(true);
    expect(graph.isAway(MINUTE_MS - 1, MINUTE_MS)).toBe(false);
    state.succeeded(true);
    expect(graph.isAway(MINUTE_MS, MINUTE_MS)).toBe(false);
  });
});
