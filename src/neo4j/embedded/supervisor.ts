import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../common/caught.js';
import type { StoreState } from '../store-state.js';
import type { EmbeddedNeo4j } from './embedded-neo4j.js';

const LOOK_MS = 500;
/** Between two starts, ms: doubled from the first to the longest, and the first again after a quiet time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const QUIET_MS = 5 * 60_000;
/** A full disk makes Neo4j give up its database until it is started anew, so one that cannot write is, after this time. */
const BROKEN_MS = 15_000;
/** … and one that runs and says nothing. */
const SILENT_MS = 60_000;
const GRACE_MS = 10_000;

/** What a supervisor needs of the server. */
export type Supervised = Pick<EmbeddedNeo4j, 'runs' | 'isStopping' | 'pid' | 'relaunch'>;

/** Keeps the embedded Neo4j running for as long as the service does: the data stays, and so do port and password. */
export class Supervisor {
  private pauseMs = FIRST_PAUSE_MS;
  private startedAt = performance.now();
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly server: Supervised,
    private readonly state: StoreState,
    private readonly log: (message: string) => void,
  ) {}

  start(): void {
    this.watching = this.watch();
  }

  /** Resolves when no start is under way any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted || this.server.isStopping;
  }

  private async watch(): Promise<void> {
    while (!this.isStopping) {
      const trouble = this.trouble();
      if (trouble !== undefined) await this.restart(trouble);
      else await this.rest(LOOK_MS);
    }
  }

  /** Why it has to be started anew. */
  private trouble(): string | undefined {
    const { pid, runs } = this.server;
    if (!runs) return `Neo4j (process ${pid}) has ended`;
    const { fault, forMs = 0 } = this.state.trouble ?? {};
    const mayHeal = performance.now() - this.startedAt < SILENT_MS;
    if (fault === 'broken' && forMs >= BROKEN_MS && !mayHeal) return `Neo4j (process ${pid}) cannot write`;
    if (fault === 'away' && forMs >= SILENT_MS && !mayHeal) return `Neo4j (process ${pid}) does not answer`;
    return undefined;
  }

  private async restart(trouble: string): Promise<void> {
    if (performance.now() - this.startedAt > QUIET_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.log(`${trouble}; it is started again in ${this.pauseMs / 1000} s`);
    await this.rest(this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    if (this.isStopping) return;
    try {
      await this.server.relaunch(GRACE_MS);
    } catch (error) {
      this.log(messageOf(error));
    }
    this.startedAt = performance.now();
  }

  private async rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
