import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const UUID_BYTES = 16;
/** Random bytes are drawn for so many ids at once: one by one that is half of what an id costs. */
const IDS_PER_DRAW = 256;

const pool = new Uint8Array(UUID_BYTES * IDS_PER_DRAW);
let used = pool.length;
let msecs = Number.NEGATIVE_INFINITY;
let seq = 0;

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += UUID_BYTES));
}

/** Below every UUIDv7 of that time and above every one before (RFC 9562, section 5.7: it begins with 48 bits of ms). */
export function idAt(epochMs: number): string {
  const hex = Math.max(0, Math.floor(epochMs)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Ids go on from a time that is so far ahead of the clock at most; then the clock was set back, and they follow it. */
const MAX_AHEAD_MS = 1000;

/**
 * A new id: a UUIDv7 (RFC 9562), larger than all that this process made before, unless the clock was set back by more
 * than a second. Ids say when something was, so one that was an hour ahead must not keep them there for an hour.
 */
export function newId(): string {
  const random = randomBytes();
  const now = Date.now();
  if (now > msecs || now < msecs - MAX_AHEAD_MS) {
    msecs = now;
    // 31 bits, so that it can be counted up within the millisecond.
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ random, msecs, seq });
}
