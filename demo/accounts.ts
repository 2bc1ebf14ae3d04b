import { setTimeout as wait } from 'node:timers/promises';
import type { Investigation, LoggedDelivery } from './investigation.js';
import type { DemoReceiver } from './receiver.js';

const PATIENCE_MS = 60_000;

/** One line of the final table. */
export interface Account {
  readonly receiver: string;
  /** Deliveries that were promised to it. */
  readonly promised: number;
  readonly requests: number;
  /** Accepted requests whose signature was as it should be. */
  readonly verified: number;
  readonly retried: number;
  /** `success` in the graph, with as many attempts recorded as requests arrived. */
  readonly logged: number;
  readonly isComplete: boolean;
}

/** Waits until none of the deliveries is unfinished, then reads them. */
export async function untilFinished(
  graph: Investigation,
  deliveryIds: readonly string[],
): Promise<LoggedDelivery[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const logged = await graph.logged(deliveryIds);
    const finished = logged.filter(({ status }) => status === 'success' || status === 'failed');
    if (finished.length === deliveryIds.length || Date.now() > deadline) return logged;
    await wait(100);
  }
}

/** @param promised the deliveries whose webhook is this receiver's */
export function account(
  { character, arrivals }: DemoReceiver,
  promised: readonly string[],
  log: readonly LoggedDelivery[],
): Account {
  const wanted = character.secret === undefined ? 'unsigned' : 'verified';
  const accepted = arrivals.filter(({ verdict, answer }) => verdict === wanted && answer < 300);
  const received = new Set(accepted.map(({ deliveryId }) => deliveryId));
  const requestsOf = (id: string): number => arrivals.filter(({ deliveryId }) => deliveryId === id).length;
  const own = log.filter(({ id }) => promised.includes(id));
  const isLogged = ({ id, status, attempts, recorded }: LoggedDelivery): boolean =>
    status === 'success' && attempts === recorded && recorded === requestsOf(id);
  const logged = own.filter(isLogged).length;
  return {
    receiver: character.name,
    promised: promised.length,
    requests: arrivals.length,
    verified: received.size,
    retried: own.filter(({ attempts }) => attempts > 1).length,
    logged,
    isComplete: [received.size, accepted.length, logged].every((count) => count === promised.length),
  };
}
