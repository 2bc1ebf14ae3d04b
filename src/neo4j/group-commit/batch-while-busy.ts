import { from, Observable } from 'rxjs';
import type { ObservableInput, OperatorFunction, Subscriber } from 'rxjs';

/** What waits for its batch, first in, first out. Taking costs what is taken, however much waits behind it. */
class Backlog<T> {
  private values: T[] = [];
  private head = 0;

  get isEmpty(): boolean {
    return this.head === this.values.length;
  }

  add(values: readonly T[]): void {
    for (const value of values) this.values.push(value);
  }

  /** The next batch: one value at least, and no more than the limits allow. */
  take({ maxBatch, weigh = () => 1, maxWeight = Infinity }: BatchLimits<T>): T[] {
    const batch: T[] = [];
    for (let weight = 0; batch.length < maxBatch && !this.isEmpty; this.head += 1) {
      const value = this.values[this.head] as T;
      weight += weigh(value);
      if (batch.length > 0 && weight > maxWeight) break;
      batch.push(value);
    }
    this.forgetTaken();
    return batch;
  }

  /** Moves the rest to the front only when that is the smaller half, so that each value is moved once on average. */
  private forgetTaken(): void {
    if (this.head * 2 < this.values.length) return;
    this.values = this.values.slice(this.head);
    this.head = 0;
  }
}

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
      const batches = new Batches(project, limits, subscriber);
      const subscription = source.subscribe({
        next: (values) => batches.add(values),
        error: (error: unknown) => subscriber.error(error),
        complete: () => batches.end(),
      });
      subscriber.add(subscription);
    });
}

/** What one subscriber of `batchWhileBusy` waits for. */
class Batches<T, R> {
  private readonly waiting = new Backlog<T>();
  private active = 0;
  private sourceDone = false;
  private draining = false;

  constructor(
    private readonly project: (batch: readonly T[]) => ObservableInput<R>,
    private readonly limits: BatchLimits<T>,
    private readonly subscriber: Subscriber<R>,
  ) {}

  add(values: readonly T[]): void {
    this.waiting.add(values);
    this.drain();
  }

  end(): void {
    this.sourceDone = true;
    this.drain();
  }

  private get mayStart(): boolean {
    const { concurrency = 1 } = this.limits;
    return !this.waiting.isEmpty && this.active < concurrency && !this.subscriber.closed;
  }

  /** A loop that is not entered twice: an inner that completes at once must not make the stack grow. */
  private drain(): void {
    if (this.draining) return;
    this.draining = true;
    try {
      while (this.mayStart) this.start(this.waiting.take(this.limits));
    } catch (error) {
      this.subscriber.error(error);
    }
    this.draining = false;
    if (this.sourceDone && this.active === 0 && this.waiting.isEmpty) this.subscriber.complete();
  }

  private start(batch: readonly T[]): void {
    const { subscriber } = this;
    this.active += 1;
    const inner = from(this.project(batch)).subscribe({
      next: (result) => subscriber.next(result),
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        this.active -= 1;
        this.drain();
      },
    });
    subscriber.add(inner);
    inner.add(() => {
      subscriber.remove(inner);
    });
  }
}
