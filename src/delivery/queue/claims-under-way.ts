import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** The writes that claim deliveries for this instance and have no answer yet. */
@Injectable()
export class ClaimsUnderWay {
  private readonly open = new Set<Promise<unknown>>();

  /** Runs what claims deliveries and hands them to the dispatcher. */
  async during<T>(claim: () => Promise<T>): Promise<T> {
    const running = claim();
    this.open.add(running);
    try {
      return await running;
    } finally {
      this.open.delete(running);
    }
  }

  /** Resolves when all claims that are under way now have ended, and what they brought is held. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.open]);
    // What follows upon an answer is done in the same turn.
    await nextTurn();
  }
}
