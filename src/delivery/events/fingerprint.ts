import { createHash } from 'node:crypto';
import type { NewEvent } from './new-event.js';

/** SHA-256 (hex) of what the caller sent, so that a repeat can be told from another event under the same key. */
export function fingerprint({ event, projectId, timestamp, dataJson }: NewEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([event, projectId, timestamp]))
    .update('\n')
    .update(dataJson)
    .digest('hex');
}
