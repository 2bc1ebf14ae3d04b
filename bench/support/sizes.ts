function positive(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new Error(`${name} must be a number above 0, not '${text}'`);
  return value;
}

/** All sizes and times are multiplied by it. @default 1 */
export const SCALE = positive('BENCH_SCALE', 1);
/** How often each figure is measured; the median counts. @default 3 */
export const RUNS = Math.ceil(positive('BENCH_RUNS', 3));
/** Also what takes many minutes: draining a million deliveries to the last. @default off */
export const FULL = process.env['BENCH_FULL'] === '1';
/** Writes a CPU profile of each service process into `bench/results/`. @default off */
export const PROFILE = process.env['BENCH_PROFILE'] === '1';

/** Events that make the Java virtual machine compile what is measured. */
export const WARM_UP = scaled(60_000, 500);
/** Events after which it has compiled the last of it: what `throughput` and `fan-out` measure after. */
export const LONG_WARM_UP = scaled(200_000, 500);

/** A count at this scale, no less than `least`. */
export function scaled(count: number, least = 1): number {
  return Math.max(least, Math.round(count * SCALE));
}

/** Runs `measure` as often as asked for, one after the other. */
export async function repeatedly(measure: (run: number) => Promise<void>): Promise<void> {
  for (let run = 0; run < RUNS; run += 1) await measure(run);
}
