import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Turns } from './turns.js';

/** Works whose end the test decides. */
class Works {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  readonly work = (name: string) => (): Promise<string> => {
    this.begun.push(name);
    return new Promise((resolve, reject) => {
      this.ends.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  };

  async end(name: string, error?: Error): Promise<void> {
    this.ends.get(name)?.(error);
    await jest.advanceTimersByTimeAsync(0);
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Turns', () => {
  it('begins at once where nobody is, and then one after the other, in their order', async () => {
    const works = new Works();
    const turns = new Turns();
    const results = Promise.all(['a', 'b', 'c'].map((name) => turns.take('key', works.work(name))));
    expect(works.begun).toEqual(['a']);
    await works.end('a');
    expect(works.begun).toEqual(['a', 'b']);
    await works.end('b');
    await works.end('c');
    expect(await results).toEqual(['a', 'b', 'c']);
    void turns.take('key', works.work('d'));
    expect(works.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets other keys alone', () => {
    const works = new Works();
    const turns = new Turns();
    void turns.take('one', works.work('a'));
    void turns.take('another', works.work('b'));
    expect(works.begun).toEqual(['a', 'b']);
  });

  it('tells only the one that failed, and goes on', async () => {
    const works = new Works();
    const turns = new Turns();
    const failing = expect(turns.take('key', works.work('a'))).rejects.toThrow('no');
    const next = turns.take('key', works.work('b'));
    await works.end('a', new Error('no'));
    await failing;
    await works.end('b');
    expect(await next).toBe('b');
  });

  it('waits for one that does not end for so long and no longer, however many stand behind it', async () => {
    const works = new Works();
    const turns = new Turns(1000);
    const results = ['a', 'b', 'c'].map((name) => turns.take('key', works.work(name)));
    await jest.advanceTimersByTimeAsync(999);
    expect(works.begun).toEqual(['a']);
    await jest.advanceTimersByTimeAsync(1);
    expect(works.begun).toEqual(['a', 'b', 'c']);
    for (const name of ['c', 'b', 'a']) await works.end(name);
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
