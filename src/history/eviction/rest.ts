/** After a batch the sweeper rests so many times as long as it took: deliveries come first. */
const USUAL_FACTOR = 19;
/** With more finished deliveries too many than these it rests less, in proportion: no log grows without end. */
const BEARABLE_EXCESS = 200_000;
const LONGEST_MS = 5000;

/**
 * How long the sweeper rests after a batch, ms.
 *
 * @param tookMs how long the batch took
 * @param excess finished deliveries too many
 */
export function restMs(tookMs: number, excess: number): number {
  const factor = Math.max(1, USUAL_FACTOR * Math.min(1, BEARABLE_EXCESS / excess));
  return Math.min(tookMs * factor, LONGEST_MS);
}
