import type { Client } from './client.js';
import { inParallel, now, paced } from './waiting.js';

/** Events in one `POST /events/batch`, and such calls at a time. */
export const BATCH = 100;
const BATCHES_AT_A_TIME = 4;

/** Data that makes a wire body of 400 bytes. */
export function eventData(index: number): Record<string, string> {
  const id = `entity-${String(index).padStart(7, '0')}`;
  return { entity_id: id, type: 'person', note: 'x'.repeat(239) };
}

export function eventJson(index: number, projectId: string | null = null): string {
  return JSON.stringify({ event: 'entity.created', project_id: projectId, data: eventData(index) });
}

/** Creates a webhook for `entity.created` and answers its id. */
export async function createWebhook(api: Client, url: string, more: object = {}): Promise<string> {
  const webhook = { name: 'bench', url, events: ['entity.created'], secret: 'bench-secret', ...more };
  return (await api.post<{ id: string }>('/api/v1/webhooks', JSON.stringify(webhook))).id;
}

/** Switches webhooks on or off. */
export async function setActive(api: Client, ids: readonly string[], active: boolean): Promise<void> {
  await inParallel(ids.length, 8, (i) => api.patch(`/api/v1/webhooks/${ids[i]}`, JSON.stringify({ active })));
}

/** `count` calls of `POST /events`, `concurrency` at a time; resolves when all are accepted. */
export async function emitSingly(
  api: Client,
  count: number,
  concurrency: number,
  projectId: string | null = null,
): Promise<void> {
  await inParallel(count, concurrency, (i) => api.post('/api/v1/events', eventJson(i, projectId)));
}

/** One call of `POST /events/batch`. */
export async function emitBatch(api: Client, index: number, projectId: string | null = null): Promise<void> {
  const events = Array.from({ length: BATCH }, (_, i) => eventJson(index * BATCH + i, projectId));
  await api.post('/api/v1/events/batch', `{"events":[${events.join(',')}]}`);
}

/** At least `count` events in batches; answers how many. Resolves when all are accepted. */
export async function emitInBatches(
  api: Client,
  count: number,
  projectId: string | null = null,
): Promise<number> {
  const batches = Math.ceil(count / BATCH);
  await inParallel(batches, BATCHES_AT_A_TIME, (index) => emitBatch(api, index, projectId));
  return batches * BATCH;
}

/** Batches at full speed for so many seconds; answers how many events were accepted. */
export async function emitForSeconds(
  api: Client,
  seconds: number,
  projectId: string | null = null,
): Promise<number> {
  const deadline = performance.now() + seconds * 1000;
  let batches = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < deadline) await emitBatch(api, batches++, projectId);
  };
  await Promise.all(Array.from({ length: BATCHES_AT_A_TIME }, worker));
  return batches * BATCH;
}

/** Emits at a fixed rate; answers when each event was called for, by its id. */
export async function emitPaced(
  api: Client,
  count: number,
  rate: number,
  projectOf: (index: number) => string | null = () => null,
): Promise<Map<string, number>> {
  const calls = new Map<string, number>();
  await paced(count, rate, async (i) => {
    const called = now();
    const { event_id } = await api.post<{ event_id: string }>('/api/v1/events', eventJson(i, projectOf(i)));
    calls.set(event_id, called);
  });
  return calls;
}
