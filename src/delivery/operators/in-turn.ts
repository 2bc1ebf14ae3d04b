import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** Grants turns, one after the other; the returned function takes the request back. */
export interface Turns {
  request(lane: string, start: () => void): () => void;
}

/** Holds each value back until `turns` grants one to `lane`. Never drops; unsubscribing gives up the places in the queue. */
export function inTurn<T>(turns: Turns, lane: string): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      let waiting = 0;
      let sourceDone = false;
      return source.subscribe({
        next: (value) => {
          waiting += 1;
          const withdraw = turns.request(lane, () => {
            waiting -= 1;
            subscriber.next(value);
            if (sourceDone && waiting === 0) subscriber.complete();
          });
          subscriber.add(withdraw);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          sourceDone = true;
          if (waiting === 0) subscriber.complete();
        },
      });
    });
}
