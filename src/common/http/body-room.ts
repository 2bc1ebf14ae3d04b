import { HttpException, Injectable, Module } from '@nestjs/common';
import { ByteBudget } from '../byte-budget.js';

const MIB = 1024 * 1024;
/** For small bodies and for others: who sends large ones, or slowly, does not hold up single events. */
const SMALL = 64 * 1024;
const SMALL_BYTES = 32 * MIB;
const LARGE_BYTES = 48 * MIB;
/** How often it is asked, while somebody waits, whether that is worth it. */
const LOOK_MS = 250;

/** The body is not read any more, so the connection cannot be used again. */
class NoRoom extends HttpException {
  readonly headers = { Connection: 'close' };

  constructor() {
    super('The graph database is not available; try again in a moment', 503);
  }
}

/** Whether who has waited for so long, ms, waits in vain. */
type InVain = (waitedMs: number) => boolean;

/** The memory that a body has, from before it is read until nobody needs it any more. */
export class BodyPlace {
  private isKept = false;

  constructor(
    private readonly budget: ByteBudget,
    readonly leave: () => void,
  ) {}

  /** Whether others wait for it. */
  get isWanted(): boolean {
    return this.budget.waiting > 0;
  }

  /** Its request may end before the body is done with: `leave` has to be called. */
  keep(): void {
    this.isKept = true;
  }

  /** The request is over. */
  close(): void {
    if (!this.isKept) this.leave();
  }
}

/**
 * Bounds the bodies of requests in memory, those included that wait to be written. Who finds no room waits, with nothing
 * read; for a graph that is away no longer than the ingest timeout.
 */
@Injectable()
export class BodyRoom {
  private readonly small = new ByteBudget(SMALL_BYTES);
  private readonly large = new ByteBudget(LARGE_BYTES);
  private readonly waiting = new Map<AbortController, number>();
  private isInVain: InVain = () => false;
  private timer: NodeJS.Timeout | undefined;

  /** Tells how to find out whether waiting is worth it; without it everybody waits. */
  watch(isInVain: InVain): void {
    this.isInVain = isInVain;
  }

  /** @throws HttpException 503 when the graph has been away for as long as its callers wait */
  async enter(bytes: number): Promise<BodyPlace> {
    const budget = bytes <= SMALL ? this.small : this.large;
    const giveBack = budget.tryTake(bytes);
    return new BodyPlace(budget, giveBack ?? (await this.wait(budget, bytes)));
  }

  private async wait(budget: ByteBudget, bytes: number): Promise<() => void> {
    const giveUp = new AbortController();
    this.waiting.set(giveUp, performance.now());
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    try {
      return await budget.take(bytes, giveUp.signal);
    } finally {
      this.waiting.delete(giveUp);
      if (this.waiting.size === 0) this.stop();
    }
  }

  private look(): void {
    const now = performance.now();
    for (const [giveUp, since] of [...this.waiting]) {
      if (this.isInVain(now - since)) giveUp.abort(new NoRoom());
    }
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

/** One room for the whole service. */
@Module({ providers: [BodyRoom], exports: [BodyRoom] })
export class BodyRoomModule {}
