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
