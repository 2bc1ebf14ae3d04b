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

/** A new id: a UUIDv7 (RFC 9562), larger than all that this process made before. */
export function newId(): string {
  const random = randomBytes();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // 31 bits, so that it can be counted up within the millisecond.
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ random, msecs, seq });
}
