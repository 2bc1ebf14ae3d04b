import { setMaxListeners } from 'node:events';
import neo4j, { type BookmarkManager, type Driver, type SessionConfig } from 'neo4j-driver';
import { within } from '../common/within.js';
import { underLimits, type AttemptLimits, type SignsOfLife } from './attempt-limit.js';
import type { Sessions } from './neo4j-graph.js';
import type { StoreState } from './store-state.js';

/** Connections of each pool: what one kind of work takes, the others do not miss. */
const POOLS = { engine: 50, api: 20, pulse: 4 } as const;
type Lane = keyof typeof POOLS;

const CLOSE_MS = 2000;
const PING: AttemptLimits = { silenceMs: 2000, limitMs: 2000 };

/** Every attempt listens for the end of its connections. */
function newLife(): AbortController {
  const life = new AbortController();
  setMaxListeners(0, life.signal);
  return life;
}

/**
 * The drivers of one Neo4j, one for each kind of work. When a server is silent all connections are replaced, because
 * those of a network that forgot them would each be waited for. All sessions share their bookmarks: what one has
 * written, the next one reads, on whichever server of a cluster.
 */
export class Connections implements SignsOfLife {
  private drivers: Readonly<Record<Lane, Driver>>;
  private bookmarks: BookmarkManager = neo4j.bookmarkManager();
  private life = newLife();
  private pingedAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly open: (poolSize: number) => Driver,
    private readonly state: StoreState,
    private readonly database: string,
  ) {
    this.drivers = this.openAll();
  }

  get lost(): AbortSignal {
    return this.life.signal;
  }

  /** A server that answers on a new connection lives: a statement without an answer may be slow. */
  heardAt(): number {
    return Math.max(this.state.heardAt, this.pingedAt);
  }

  /** For what is never slow: it is the connections that are dead when no statement of anybody is answered on them. */
  get strictly(): SignsOfLife {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the getter below has a `this` of its own
    const connections = this;
    return {
      heardAt: () => connections.state.heardAt,
      ask: () => connections.ask(),
      replace: () => {
        connections.replace();
      },
      get lost() {
        return connections.lost;
      },
    };
  }

  /** One question at a time, whoever asks. */
  ask(): Promise<void> {
    this.asking ??= this.ping().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  sessions(lane: Lane): Sessions {
    return {
      session: (config: SessionConfig = {}) =>
        this.drivers[lane].session(Object.assign({}, config, { bookmarkManager: this.bookmarks })),
    };
  }

  replace(): void {
    const old = this.drivers;
    const { life } = this;
    this.life = newLife();
    this.drivers = this.openAll();
    this.bookmarks = neo4j.bookmarkManager();
    life.abort();
    void this.closeAll(old);
  }

  async close(): Promise<void> {
    await this.closeAll(this.drivers);
  }

  private openAll(): Record<Lane, Driver> {
    const { engine, api, pulse } = POOLS;
    return { engine: this.open(engine), api: this.open(api), pulse: this.open(pulse) };
  }

  private async closeAll(drivers: Readonly<Record<Lane, Driver>>): Promise<void> {
    const closed = Object.values(drivers).map((driver) => driver.close());
    await within(CLOSE_MS, Promise.allSettled(closed)).catch(() => undefined);
  }

  private async ping(): Promise<void> {
    const session = this.drivers.pulse.session({ database: this.database });
    try {
      await underLimits(Promise.resolve(session.run('RETURN 1')), PING, this);
      this.pingedAt = performance.now();
    } catch {
      // Silence is what was to be found out.
    } finally {
      void session.close().catch(() => undefined);
    }
  }
}
