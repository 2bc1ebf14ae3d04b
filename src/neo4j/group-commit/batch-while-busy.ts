import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

export interface BatchLimits<T> {
  /** Values in one batch at most. */
  readonly maxBatch: number;
  /** Batches under way at once. @default 1 */
  readonly concurrency?: number;
  /** What a value counts against `maxWeight`. @default 1 */
  readonly weigh?: (value: T) => number;
  /** Weight of one batch at most; a heavier value makes a batch of its own. @default Infinity */
  readonly maxWeight?: number;
}

/**
 * Gathers what arrives while `project` works on the batch before, and hands it over as the next one: group commit.
 * The source emits lists: what arrived together. Nothing waits for a clock: an idle operator takes a list at once. The buffer is unbounded. An error of an inner
 * ends the stream: catch inside.
 */
export function batchWhileBusy<T, R>(
  project: (batch: readonly T[]) => ObservableInput<R>,
  { maxBatch, concurrency = 1, weigh = () => 1, maxWeight = Infinity }: BatchLimits<T>,
): OperatorFunction<readonly T[], R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      let waiting: T[] = [];
      let active = 0;
      let sourceDone = false;

      const takeBatch = (): T[] => {
        let weight = 0;
        let count = 0;
        while (count < waiting.length && count < maxBatch) {
          weight += weigh(waiting[count] as T);
          if (count > 0 && weight > maxWeight) break;
          count += 1;
        }
        const batch = waiting.slice(0, count);
        waiting = waiting.slice(count);
        return batch;
      };

      const drain = (): void => {
        while (waiting.length > 0 && active < concurrency && !subscriber.closed) start(takeBatch());
        if (sourceDone && active === 0 && waiting.length === 0) subscriber.complete();
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
          for (const value of values) waiting.push(value);
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
