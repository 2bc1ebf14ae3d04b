import { whenReaderLeaves } from './output/reader.js';

/**
 * Runs until `done` resolves, nobody reads the result any more, or somebody interrupts; a second interrupt does not
 * wait for what is put away.
 *
 * @returns the number of the signal, 0 when it was done
 */
export async function untilInterrupted(done: Promise<unknown>): Promise<number> {
  const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
  const names = Object.keys(signals) as (keyof typeof signals)[];
  let stop: (name: keyof typeof signals) => void = () => undefined;
  const stopped = new Promise<keyof typeof signals>((resolve) => (stop = resolve));
  let leave: () => void = () => undefined;
  const isUnread = new Promise<undefined>((resolve) => (leave = () => resolve(undefined)));
  const stay = whenReaderLeaves(leave);
  for (const name of names) process.once(name, stop);
  const signal = await Promise.race([done.then(() => undefined), isUnread, stopped]).finally(() => {
    stay();
    for (const name of names) process.off(name, stop);
  });
  return signal === undefined ? 0 : signals[signal];
}
