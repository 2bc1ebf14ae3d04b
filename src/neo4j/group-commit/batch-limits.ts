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
