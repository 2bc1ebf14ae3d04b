interface Waiter {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * Bytes of memory that are shared out, first come, first served. Who finds no room waits, and holds nothing meanwhile.
 * What is larger than all of it has its turn when nobody else holds any.
 */
export class ByteBudget {
  private readonly queue = new Set<Waiter>();
  private used = 0;

  constructor(private readonly limit: number) {}

  /** Bytes that are taken. */
  get taken(): number {
    return this.used;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.queue.size;
  }

  /**
   * Resolves when the bytes are taken, with what gives them back; doing so twice does no harm.
   * @throws what `signal` was aborted for, while it waits
   */
  async take(bytes: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const taken = this.tryTake(bytes);
    if (taken) return taken;
    await this.turn(bytes, signal);
    return this.release(bytes);
  }

  /** As `take`, at once or not at all: undefined when there is no room, or others wait for it. */
  tryTake(bytes: number): (() => void) | undefined {
    if (this.queue.size > 0 || !this.hasRoom(bytes)) return undefined;
    this.used += bytes;
    return this.release(bytes);
  }

  private release(bytes: number): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.used -= bytes;
      this.next();
    };
  }

  private hasRoom(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.limit;
  }

  private turn(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.queue.delete(waiter);
        reject(signal?.reason as Error);
        this.next();
      };
      const start = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { bytes, start };
      this.queue.add(waiter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private next(): void {
    for (const waiter of this.queue) {
      if (!this.hasRoom(waiter.bytes)) return;
      this.queue.delete(waiter);
      this.used += waiter.bytes;
      waiter.start();
    }
  }
}
