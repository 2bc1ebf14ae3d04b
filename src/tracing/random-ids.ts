import { randomFillSync } from 'node:crypto';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const POOL_BYTES = 8192;
const NOTHING = /^0+$/;

/** Ids of traces and spans, from random bytes that are drawn by the thousand: one is drawn for each request. */
export class RandomIds {
  private readonly pool = Buffer.allocUnsafe(POOL_BYTES);
  private at = POOL_BYTES;

  readonly traceId = (): string => this.next(TRACE_BYTES);
  readonly spanId = (): string => this.next(SPAN_BYTES);

  private next(bytes: number): string {
    if (this.at + bytes > POOL_BYTES) {
      randomFillSync(this.pool);
      this.at = 0;
    }
    const id = this.pool.toString('hex', this.at, (this.at += bytes));
    // No id of W3C is all zero.
    return NOTHING.test(id) ? this.next(bytes) : id;
  }
}
