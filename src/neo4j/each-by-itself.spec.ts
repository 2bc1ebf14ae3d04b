import { beforeEach, describe, expect, it } from '@jest/globals';
import { EachByItself } from './each-by-itself.js';
import { GraphUnavailableError } from './graph-errors.js';

const IDS = ['a', 'b', 'c'];
const told: string[] = [];
let each: EachByItself;

beforeEach(() => {
  told.length = 0;
  each = new EachByItself({ error: (line: string) => told.push(line) }, 'The log of webhook');
});

/** Answers for which of them the work was done. */
async function run(fails: (id: string) => Error | undefined): Promise<string[]> {
  const done: string[] = [];
  const idOf = (id: string): string => id;
  await each.do(IDS, idOf, async (id) => {
    const error = fails(id);
    if (error) throw error;
    done.push(id);
  });
  return done;
}

const onlyB = (error: Error) => (id: string) => (id === 'b' ? error : undefined);

describe('what is done for each by itself', () => {
  it('is done for the others where it fails for one, and the log tells of that once, until it succeeds', async () => {
    const failing = onlyB(new Error('no number'));
    for (let n = 0; n < 3; n += 1) expect(await run(failing)).toEqual(['a', 'c']);
    expect(told).toEqual(['The log of webhook b: Error: no number']);
    await run(() => undefined);
    await run(failing);
    expect(told).toHaveLength(2);
  });

  it('ends for all of them while the graph is away, but not for what it cannot do for one', async () => {
    await expect(run(onlyB(new GraphUnavailableError()))).rejects.toThrow(GraphUnavailableError);
    expect(told).toEqual([]);
    expect(await run(onlyB(new GraphUnavailableError(undefined, true)))).toEqual(['a', 'c']);
  });
});
