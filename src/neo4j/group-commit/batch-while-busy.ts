import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { Backlog } from './backlog.js';
import type { BatchLimits } from './batch-limits.js';

/**
 * Gathers what arrives while `project` works on the batch before, and hands it over as the next one: group commit.
 * The source emits lists: what arrived together. Nothing waits for a clock: an idle operator takes a list at once.
 * The order is kept and the buffer is unbounded. An error, of an inner or thrown by `project` or `weigh`, ends the
 * stream: catch inside.
 */
export function batchWhileBusy<T, R>(
  project: (batch: readonly T[]) => ObservableInput<R>,
  limits: BatchLimits<T>,
): OperatorFunction<readonly T[], R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const { concurrency = 1 } = limits;
      const waiting = new Backlog<T>();
      let active = 0;
      let sourceDone = false;
      let draining = false;

      // A loop that is not entered twice: an inner that completes at once must not make the stack grow.
      const drain = (): void => {
        if (draining) return;
        draining = true;
        try {
          while (!waiting.isEmpty && active < concurrency && !subscriber.closed) start(waiting.take(limits));
        } catch (error) {
          subscriber.error(error);
        }
        draining = false;
        if (sourceDone && active === 0 && waiting.isEmpty) subscriber.complete();
      };

      const start = (batch: readonly T[]): void => {
        active += 1;
        const inner = from(project(batch)).subscribe({
          next: (result) => subscriber.next(result),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            active -= 1;
            drain();
          },
        });
        subscriber.add(inner);
        inner.add(() => {
          subscriber.remove(inner);
        });
      };

      const subscription = source.subscribe({
        next: (values) => {
          waiting.add(values);
          drain();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          sourceDone = true;
          drain();
        },
      });
      subscriber.add(subscription);
    });
}
