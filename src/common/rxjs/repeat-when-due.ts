import {
  asyncScheduler,
  catchError,
  defaultIfEmpty,
  defer,
  from,
  Observable,
  of,
  take,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';

/** Before a run that failed is repeated. */
const AFTER_ERROR_MS = 1000;

/**
 * Runs `task` again and again, never twice at a time. Each run answers after how many ms it wants the next;
 * `wake` cuts that wait short, and a wake during a run makes the next one follow at once.
 * A run that fails is told to `onError`; it is repeated, like one that answers nothing, after a second; nothing ends the loop. Emits the wait after each run.
 */
export function repeatWhenDue(
  task: () => ObservableInput<number>,
  wake: Observable<unknown>,
  onError: (error: unknown) => void,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<number> {
  return new Observable<number>((subscriber) => {
    let running = false;
    let woken = false;
    let next = scheduler.schedule(run, 0);

    function run(): void {
      running = true;
      woken = false;
      const outcome = defer(() => from(task())).pipe(
        take(1),
        defaultIfEmpty(AFTER_ERROR_MS),
        catchError((error: unknown) => {
          tell(error);
          return of(AFTER_ERROR_MS);
        }),
      );
      subscriber.add(outcome.subscribe(rest));
    }

    /** What cannot be told must not end the loop. */
    function tell(error: unknown): void {
      try {
        onError(error);
      } catch {
        // Nobody is left to tell.
      }
    }

    function rest(waitMs: number): void {
      running = false;
      subscriber.next(waitMs);
      next = scheduler.schedule(run, woken ? 0 : waitMs);
    }

    subscriber.add(() => {
      next.unsubscribe();
    });
    subscriber.add(
      wake.subscribe(() => {
        woken = true;
        if (running) return;
        next.unsubscribe();
        next = scheduler.schedule(run, 0);
      }),
    );
  });
}
