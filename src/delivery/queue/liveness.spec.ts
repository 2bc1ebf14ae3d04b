import { describe, expect, it } from '@jest/globals';
import type { InstanceRecord } from './instance.neo4j.repository.js';
import { Liveness } from './liveness.js';

const other = (beat: number, host = 'elsewhere'): InstanceRecord => ({
  id: 'x',
  beat,
  host,
  pid: 1,
  space: host,
});
const liveness = (): Liveness =>
  new Liveness({ remoteMs: 10_000, goneMs: 2500, gapMs: 5000 }, ({ host }) => host === 'here-but-gone');

describe('Liveness', () => {
  it('accuses an instance whose heartbeat stands still for the whole limit', () => {
    const seen = liveness();
    for (const now of [0, 5000, 9999]) expect(seen.observe([other(5)], now)).toEqual([]);
    expect(seen.observe([other(5)], 10_000)).toEqual([other(5)]);
  });

  it('begins anew with each beat', () => {
    const seen = liveness();
    for (const now of [0, 5000]) seen.observe([other(5)], now);
    for (const now of [9000, 14_000, 18_000]) expect(seen.observe([other(6)], now)).toEqual([]);
  });

  it('is quicker with an instance of this host whose process is gone, but not at once', () => {
    const seen = liveness();
    const gone = other(5, 'here-but-gone');
    expect(seen.observe([gone], 0)).toEqual([]);
    expect(seen.observe([gone], 2499)).toEqual([]);
    expect(seen.observe([gone], 2500)).toEqual([gone]);
  });

  it('accuses nobody after a time in which the graph gave no answers', () => {
    const seen = liveness();
    seen.observe([other(5)], 0);
    seen.reset();
    expect(seen.observe([other(5)], 60_000)).toEqual([]);
  });

  it('accuses nobody after a reading that came late: whatever held it up held up the others, too', () => {
    const seen = liveness();
    seen.observe([other(5)], 0);
    expect(seen.observe([other(5)], 12_000)).toEqual([]);
    for (const now of [17_000, 21_999]) expect(seen.observe([other(5)], now)).toEqual([]);
    expect(seen.observe([other(5)], 22_000)).toEqual([other(5)]);
  });
});
