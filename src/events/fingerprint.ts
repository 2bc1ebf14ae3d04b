import { createHash } from 'node:crypto';
import type { NewEvent } from './new-event.js';

/** SHA-256 (hex) of what the caller sent, so that a repeat can be told from another event under the same id. */
function ownPrint({ event, projectId, timestamp, dataJson }: NewEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([event, projectId, timestamp]))
    .update('\n')
    .update(dataJson)
    .digest('hex');
}

/** As it is stored: of the event and, behind a colon, of the batch that its key was given for. */
export function fingerprint(event: NewEvent): string {
  return event.batch ? `${ownPrint(event)}:${event.batch.digest}` : ownPrint(event);
}

/** The part of a stored fingerprint that speaks of the event alone. */
export function withoutBatch(print: string | null): string | undefined {
  return print?.split(':')[0];
}

/** The same events with one key for all of them together. Each has a key of its own in the graph: see `storedKey`. */
export function keyedBatch(events: readonly NewEvent[], idempotencyKey: string): NewEvent[] {
  const all = createHash('sha256');
  for (const event of events) all.update(`${event.id ?? ''} ${ownPrint(event)}\n`);
  const digest = all.digest('hex');
  return events.map((event, index) => ({ ...event, idempotencyKey, batch: { index, digest } }));
}

/** The first event of a batch has the key itself, so that it is taken for single events, too; no caller's key has a space. */
export function storedKey({ idempotencyKey, batch }: NewEvent): string | null {
  return idempotencyKey === null || !batch || batch.index === 0
    ? idempotencyKey
    : `${idempotencyKey} ${batch.index}`;
}
