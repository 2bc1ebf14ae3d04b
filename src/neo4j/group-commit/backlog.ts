import type { BatchLimits } from './batch-limits.js';

/** What waits for its batch, first in, first out. Taking costs what is taken, however much waits behind it. */
export class Backlog<T> {
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
