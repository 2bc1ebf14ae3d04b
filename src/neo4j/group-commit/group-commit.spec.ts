import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

/** Writes whose end the test decides. */
class Writes {
  readonly batches: (readonly number[])[] = [];
  private readonly ends: ((error?: Error) => void)[] = [];

  readonly write = (items: readonly number[]): Promise<number[]> => {
    this.batches.push(items);
    return new Promise((resolve, reject) => {
      this.ends.push((error) => (error ? reject(error) : resolve(items.map((item) => item * 10))));
    });
  };

  async end(error?: Error): Promise<void> {
    await turn();
    this.ends.shift()?.(error);
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('GroupCommit', () => {
  it('writes together what is submitted in one turn, and answers each with its own result', async () => {
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 100 });
    const results = Promise.all([1, 2, 3].map((item) => commits.submit(item)));
    await writes.end();
    expect(writes.batches).toEqual([[1, 2, 3]]);
    expect(await results).toEqual([10, 20, 30]);
  });

  it('resolves nobody before the commit', async () => {
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 100 });
    let resolved = false;
    const submitted = commits.submit(1).then(() => (resolved = true));
    await turn();
    expect(resolved).toBe(false);
    await writes.end();
    await submitted;
    expect(resolved).toBe(true);
  });

  it('rejects exactly the callers of a failed batch and goes on with the next', async () => {
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 100 });
    const first = commits.submit(1);
    const rejected = expect(first).rejects.toThrow('disk full');
    await turn();
    const second = commits.submit(2);
    await writes.end(new Error('disk full'));
    await rejected;
    await writes.end();
    expect(await second).toBe(20);
  });

  it('rejects a batch whose write did not give one result for each item', async () => {
    const commits = new GroupCommit(async () => [1], { maxBatch: 100 });
    const results = await Promise.allSettled([commits.submit(1), commits.submit(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('answers its callers although the observer throws, and goes on', async () => {
    const observe = (): never => {
      throw new Error('no metrics');
    };
    const commits = new GroupCommit(async (items: readonly number[]) => items, { maxBatch: 1, observe });
    expect(await commits.submit(1)).toBe(1);
    expect(await commits.submit(2)).toBe(2);
  });

  it('rejects only the item that cannot be weighed', async () => {
    const weigh = (item: number): number => {
      if (item < 0) throw new Error('no weight');
      return item;
    };
    const commits = new GroupCommit(async (items: readonly number[]) => items, { maxBatch: 10, weigh });
    const heavy = commits.submit(-1);
    const light = commits.submit(1);
    await expect(heavy).rejects.toThrow('no weight');
    expect(await light).toBe(1);
    expect(commits.size).toBe(0);
  });

  it('splits what came together by weight', async () => {
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 100, weigh: (item) => item, maxWeight: 5 });
    const results = Promise.all([2, 3, 1].map((item) => commits.submit(item)));
    await writes.end();
    await writes.end();
    expect(writes.batches).toEqual([[2, 3], [1]]);
    expect(await results).toEqual([20, 30, 10]);
  });

  it('drains when all that was submitted is committed', async () => {
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 1 });
    const submitted = [commits.submit(1), commits.submit(2)];
    expect(commits.size).toBe(2);
    let drained = false;
    const drain = commits.drain().then(() => (drained = true));
    await writes.end();
    expect(drained).toBe(false);
    await writes.end();
    await Promise.all([drain, ...submitted]);
    expect(commits.size).toBe(0);
    await commits.drain();
  });

  it('keeps a pace: what comes too early after a start goes with the next one', async () => {
    const commits = new GroupCommit(async (items: readonly number[]) => items, {
      maxBatch: 10,
      paceMs: () => 40,
    });
    const starts: number[] = [];
    const submit = async (item: number): Promise<void> => {
      await commits.submit(item);
      starts.push(performance.now());
    };
    await submit(1);
    await Promise.all([submit(2), submit(3)]);
    expect(starts[1]! - starts[0]!).toBeGreaterThan(30);
    expect(starts[2]! - starts[1]!).toBeLessThan(30);
  });

  it('tells its observer the size of each commit', async () => {
    const sizes: number[] = [];
    const writes = new Writes();
    const commits = new GroupCommit(writes.write, { maxBatch: 100, observe: (size) => sizes.push(size) });
    const submitted = Promise.all([commits.submit(1), commits.submit(2)]);
    await writes.end();
    await submitted;
    expect(sizes).toEqual([2]);
  });
});
