import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type DeliveryAnswer } from './answers.js';
import type { Cli } from './cli.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const AT_ONCE = 20;

const ask = async (cli: Cli, id: string): Promise<DeliveryAnswer> =>
  (await cli.api.get<DeliveryAnswer>(`/webhooks/deliveries/${id}`)).body;

const isOver = (delivery: DeliveryAnswer | undefined): boolean =>
  delivery !== undefined && hasEnded(delivery);

/** Asks for deliveries until they have ended, or `--timeout` is over; the answers are in the order of the ids. */
export async function waitFor(cli: Cli, ids: readonly string[]): Promise<DeliveryAnswer[]> {
  const known = new Map<string, DeliveryAnswer>();
  const end = performance.now() + cli.timeoutSeconds * 1000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const open = ids.filter((id) => !isOver(known.get(id)));
    for (let from = 0; from < open.length; from += AT_ONCE)
      for (const delivery of await Promise.all(open.slice(from, from + AT_ONCE).map((id) => ask(cli, id))))
        known.set(delivery.id, delivery);
    const deliveries = [...known.values()];
    if (deliveries.every(hasEnded) || performance.now() > end) return deliveries;
    await sleep(pause);
  }
}
