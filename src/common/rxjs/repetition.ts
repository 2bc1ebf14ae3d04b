import { catchError, defaultIfEmpty, defer, firstValueFrom, from, of, Subject, take } from 'rxjs';
import type { Observable, ObservableInput, SchedulerLike, Subscription } from 'rxjs';

/** Before a run that failed is repeated. */
const AFTER_ERROR_MS = 1000;

export interface RepetitionOptions {
  /** Cuts the wait short; during a run it makes the next one follow at once. */
  readonly wake: Observable<unknown>;
  /** Told of a run that fails. */
  readonly failed: (error: unknown) => void;
  readonly scheduler: SchedulerLike;
}

/**
 * Runs `task` again and again, never twice at a time. Each run answers after how many ms it wants the next; one that
 * fails, or answers nothing, is repeated after a second. Nothing but `stop` ends it.
 */
export class Repetition {
  private readonly wakes: Subscription;
  private readonly ended = new Subject<void>();
  private next: Subscription;
  private running = false;
  private woken = false;
  private stopped = false;

  constructor(
    private readonly task: () => ObservableInput<number>,
    private readonly options: RepetitionOptions,
  ) {
    this.next = this.runIn(0);
    this.wakes = options.wake.subscribe(() => this.wake());
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Starts no other run; resolves when the one that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wakes.unsubscribe();
    this.next.unsubscribe();
    if (this.running) await firstValueFrom(this.ended);
  }

  private runIn(ms: number): Subscription {
    return this.options.scheduler.schedule(() => this.run(), ms);
  }

  private wake(): void {
    this.woken = true;
    if (this.running) return;
    this.next.unsubscribe();
    this.next = this.runIn(0);
  }

  private run(): void {
    this.running = true;
    this.woken = false;
    const outcome = defer(() => from(this.task())).pipe(
      take(1),
      defaultIfEmpty(AFTER_ERROR_MS),
      catchError((error: unknown) => {
        this.tell(error);
        return of(AFTER_ERROR_MS);
      }),
    );
    outcome.subscribe((waitMs) => this.rest(waitMs));
  }

  /** What cannot be told must not end the repetition. */
  private tell(error: unknown): void {
    try {
      this.options.failed(error);
    } catch {
      // Nobody is left to tell.
    }
  }

  private rest(waitMs: number): void {
    this.running = false;
    this.ended.next();
    if (!this.stopped) this.next = this.runIn(this.woken ? 0 : waitMs);
  }
}
