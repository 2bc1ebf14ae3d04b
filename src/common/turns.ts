import { within } from './within.js';

/** One work after the other of each key, in the order in which they came. What fails is followed by the next all the same. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @param patienceMs whoever has waited for so long goes, although the one before has not ended. @default for ever */
  constructor(private readonly patienceMs = Infinity) {}

  /** The result of `work`, which begins when its turn has come. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    const turn = before ? this.ended(before).then(work) : work();
    const over = turn.catch(() => undefined);
    this.last.set(key, over);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === over) this.last.delete(key);
    }
  }

  private async ended(before: Promise<unknown>): Promise<void> {
    await (this.patienceMs === Infinity ? before : within(this.patienceMs, before).catch(() => undefined));
  }
}
