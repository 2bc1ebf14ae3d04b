import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

/** Where slots come from. */
export interface Slots<R> {
  /** Takes a slot; false = none free, `whenFree` may be called later to try again. */
  tryTake(whenFree: () => void): boolean;
  /** @param last the last value of the inner that held the slot; undefined when it emitted none */
  giveBack(last: R | undefined): void;
}

/**
 * `mergeMap` whose concurrency is decided, slot by slot, by someone else: an inner starts when `slots` grants
 * one and holds it until it completes. Values wait in order meanwhile; the buffer is unbounded, so the source
 * must not emit more than it may hold. An error of an inner ends the stream: catch inside.
 */
export function mergeMapInSlots<T, R>(
  slots: Slots<R>,
  project: (value: T) => ObservableInput<R>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const waiting: T[] = [];
      let active = 0;
      let sourceDone = false;
      let draining = false;

      const start = (value: T): void => {
        let last: R | undefined;
        active += 1;
        const inner = from(project(value)).subscribe({
          next: (result) => {
            last = result;
            subscriber.next(result);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
        });
        inner.add(() => {
          active -= 1;
          subscriber.remove(inner);
          slots.giveBack(last);
          drain();
        });
        subscriber.add(inner);
      };

      // An inner that ends synchronously comes back here: the loop goes on instead of a recursion.
      const drain = (): void => {
        if (draining) return;
        draining = true;
        while (waiting.length > 0 && !subscriber.closed && slots.tryTake(drain)) start(waiting.shift() as T);
        draining = false;
        if (sourceDone && active === 0 && waiting.length === 0) subscriber.complete();
      };

      subscriber.add(() => {
        waiting.length = 0;
      });
      const subscription = source.subscribe({
        next: (value) => {
          waiting.push(value);
          drain();
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          sourceDone = true;
          drain();
        },
      });
      subscriber.add(subscription);
    });
}
