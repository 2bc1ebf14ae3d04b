import { Observable, type OperatorFunction } from 'rxjs';

/** What came between two ticks. */
export interface Batch<T> {
  /** The newest, oldest first. */
  readonly items: readonly T[];
  /** How many came before them and were let go of. */
  readonly dropped: number;
}

/**
 * Keeps the newest `most` items and hands them over at each tick at which there is something. The ticks are when the
 * other side can take more; however long they stay away, no more than `most` items are held.
 */
export function newestAtTicks<T>(most: number, ticks$: Observable<unknown>): OperatorFunction<T, Batch<T>> {
  return (source) =>
    new Observable<Batch<T>>((subscriber) => {
      let items: T[] = [];
      let dropped = 0;
      const hand = (): void => {
        if (items.length === 0) return;
        const batch = { items: items.slice(-most), dropped: dropped + Math.max(0, items.length - most) };
        items = [];
        dropped = 0;
        subscriber.next(batch);
      };
      // Cut at twice the size: cutting at each item would copy all of them each time.
      const keep = (item: T): void => {
        items.push(item);
        if (items.length < 2 * most) return;
        dropped += items.length - most;
        items = items.slice(-most);
      };
      subscriber.add(ticks$.subscribe(hand));
      subscriber.add(
        source.subscribe({
          next: keep,
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            hand();
            subscriber.complete();
          },
        }),
      );
    });
}
