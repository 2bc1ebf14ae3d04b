import { Pool } from 'undici';
import { VERSION } from '../../src/common/version.js';
import { signatureHeaders } from '../../src/delivery/sending/signer.js';
import { newEvents } from './raw-commits.js';
import { inParallel } from './waiting.js';

export interface RawRequests {
  readonly perSecond: number;
  /** Of this process for one request, ms. */
  readonly cpuMs: number;
}

/**
 * The bare HTTP client: posts bodies of 400 bytes to the receiver, with headers like those of a delivery.
 * Body and headers are made once: signing and logging are not part of this limit.
 */
export async function postBare(url: string, count: number, concurrency: number): Promise<RawRequests> {
  const { origin, pathname } = new URL(url);
  const [event] = newEvents(1, 'none');
  if (!event) throw new Error('No event');
  const body = Buffer.from(event.body);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': `Basset-Hound-Webhooks/${VERSION}`,
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    'X-Webhook-Event': event.type,
    'X-Webhook-Delivery': event.id,
    'X-Webhook-Attempt': '1',
    ...signatureHeaders(['bench-secret'], { id: event.id, timestamp, body }),
  };
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const cpu = process.cpuUsage();
  const started = performance.now();
  await inParallel(count, concurrency, async () => {
    const response = await pool.request({ method: 'POST', path: pathname, headers, body });
    await response.body.dump();
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  return { perSecond: count / seconds, cpuMs: (user + system) / 1000 / count };
}
