/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** 0 ≤ x < 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** from ≤ x < to */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** A whole number, from ≤ n ≤ to. */
  integer(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    return values.map(() => rest.splice(this.integer(0, rest.length - 1), 1)[0] as T);
  }
}
