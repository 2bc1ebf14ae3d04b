import { deliveriesOf, stats, webhooks } from './queries.js';
import { queries } from './use-query.js';

interface Read {
  readonly key: readonly unknown[];
  readonly read: (signal: AbortSignal) => Promise<unknown>;
}

/** By the page that is opened. The service has the browser ask for the same while it reads the script: `first-calls.ts`. */
const READS: Readonly<Record<string, readonly Read[]>> = {
  '/console': [stats, webhooks],
  '/console/webhooks': [webhooks],
  '/console/deliveries': [deliveriesOf({}), webhooks],
};

/** Whoever waits longer wants to see that something happens, ms. */
const LONGEST_MS = 150;

/**
 * Reads what the opened page shows first, so that the page is drawn once with it, and not twice. Resolves when it is
 * there or takes longer than one notices. Never rejects: the page itself says what is wrong.
 */
export async function readFirst(): Promise<void> {
  if (location.search !== '') return;
  const reads = READS[location.pathname.replace(/\/$/, '')] ?? [];
  const all = reads.map(({ key, read }) =>
    queries.query({ queryKey: key, queryFn: ({ signal }) => read(signal) }).catch(() => undefined),
  );
  const longEnough = new Promise<void>((resolve) => window.setTimeout(resolve, LONGEST_MS));
  await Promise.race([Promise.all(all), longEnough]);
}
