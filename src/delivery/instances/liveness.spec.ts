import { describe, expect, it } from '@jest/globals';
import type { InstanceRecord } from './instance.repository.js';
import { Liveness } from './liveness.js';

const other = (beat: number, host = 'elsewhere'): InstanceRecord => ({ id: 'x', beat, host, pid: 1 });
const liveness = (): Liveness =>
  new Liveness({ remoteMs: 10_000, goneMs: 2500 }, ({ host }) => host === 'here-but-gone');

describe('Liveness', () => {
  it('accuses an instance whose heartbeat stands still for the whole limit', () => {
    const seen = liveness();
    expect(seen.observe([other(5)], 0)).toEqual([]);
    expect(seen.observe([other(5)], 9999)).toEqual([]);
    expect(seen.observe([other(5)], 10_000)).toEqual([other(5)]);
  });

  it('begins anew with each beat', () => {
    const seen = liveness();
    seen.observe([other(5)], 0);
    seen.observe([other(6)], 9000);
    expect(seen.observe([other(6)], 18_000)).toEqual([]);
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
});
