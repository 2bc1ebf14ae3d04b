import { NEVER, type SchedulerLike, type Subscription } from 'rxjs';
import { repeatWhenDue } from '../common/rxjs/repeat-when-due.js';

/** Looks again and again, see `repeatWhenDue`, until it is stopped; a stop waits for the look that is under way. */
export class RepeatedLook {
  private subscription: Subscription | undefined;
  private current: Promise<number> | undefined;

  /** @param look answers after how many ms the next one is due */
  start(look: () => Promise<number>, onError: (error: unknown) => void, scheduler: SchedulerLike): void {
    const next = (): Promise<number> => (this.current = look());
    this.subscription = repeatWhenDue(next, NEVER, onError, scheduler).subscribe();
  }

  async stop(): Promise<void> {
    this.subscription?.unsubscribe();
    await Promise.allSettled([this.current]);
  }
}
