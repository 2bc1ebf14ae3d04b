import { setTimeout as pause } from 'node:timers/promises';
import type { Neo4jProcess } from '../support/neo4j-process.js';
import type { Random } from '../support/random.js';
import type { ServiceProcess } from '../support/service-process.js';
import type { StallingProxy } from '../support/stalling-proxy.js';

/** What a fault may strike. */
export interface Stage {
  readonly neo4j: Neo4jProcess;
  /** What the services reach it through. */
  readonly proxy: StallingProxy;
  /** One service, or two on the same Neo4j. */
  readonly services: readonly ServiceProcess[];
  readonly random: Random;
}

export interface Fault {
  readonly name: string;
  readonly services: 1 | 2;
  /** Whether requests that were under way may be sent again: only when the sender could not say what became of them. */
  readonly mayRepeat: boolean;
  /** Resolves when everything runs again. */
  strike(stage: Stage): Promise<void>;
}

const first = ({ services }: Stage): ServiceProcess => services[0] as ServiceProcess;

/** Longer than a lease lasts, and than others wait for a heartbeat. */
const FROZEN_SERVICE_MS = 12_000;

/** How often the answers of a moment are lost in one round. */
const LOSSES = 8;

export const FAULTS: readonly Fault[] = [
  {
    name: 'answers of commits lost',
    services: 1,
    mayRepeat: false,
    strike: async ({ proxy, random }) => {
      for (let n = 0; n < LOSSES; n += 1) {
        await proxy.loseAnswers(random.between(20, 300));
        await pause(random.between(200, 1500));
      }
    },
  },
  {
    name: 'one of two frozen, then killed',
    services: 2,
    mayRepeat: true,
    strike: async (stage) => {
      first(stage).signal('SIGSTOP');
      await pause(stage.random.between(1000, FROZEN_SERVICE_MS));
      await first(stage).end('SIGKILL');
      await first(stage).start();
    },
  },
  {
    name: 'service killed',
    services: 1,
    mayRepeat: true,
    strike: async (stage) => {
      await first(stage).end('SIGKILL');
      await first(stage).start();
    },
  },
  {
    name: 'Neo4j killed',
    services: 1,
    mayRepeat: false,
    strike: async ({ neo4j }) => {
      await neo4j.kill();
      await neo4j.restart();
    },
  },
  {
    name: 'both killed',
    services: 1,
    mayRepeat: true,
    strike: async (stage) => {
      await Promise.all([stage.neo4j.kill(), first(stage).end('SIGKILL')]);
      await stage.neo4j.restart();
      await first(stage).start();
    },
  },
  {
    name: 'service stopped',
    services: 1,
    mayRepeat: false,
    strike: async (stage) => {
      const status = await first(stage).end('SIGTERM');
      if (status !== 0) throw new Error(`SIGTERM ended the service with status ${status}`);
      await first(stage).start();
    },
  },
  {
    name: 'one of two killed',
    services: 2,
    mayRepeat: true,
    strike: async (stage) => {
      await first(stage).end('SIGKILL');
      await pause(stage.random.between(0, 2000));
      await first(stage).start();
    },
  },
  {
    name: 'one after the other stopped',
    services: 2,
    mayRepeat: false,
    strike: async ({ services }) => {
      for (const service of services) {
        await service.end('SIGTERM');
        await service.start();
      }
    },
  },
  {
    name: 'Neo4j frozen',
    services: 1,
    mayRepeat: false,
    strike: async ({ neo4j, random }) => {
      neo4j.freeze();
      await pause(random.between(2000, 6000));
      neo4j.thaw();
    },
  },
  {
    name: 'Neo4j stopped',
    services: 2,
    mayRepeat: false,
    strike: async ({ neo4j, random }) => {
      await neo4j.shutDown();
      await pause(random.between(0, 3000));
      await neo4j.restart();
    },
  },
  {
    name: 'Neo4j frozen, two services',
    services: 2,
    mayRepeat: false,
    strike: async ({ neo4j, random }) => {
      neo4j.freeze();
      await pause(random.between(10_000, 14_000));
      neo4j.thaw();
    },
  },
  {
    name: 'one of two frozen',
    services: 2,
    mayRepeat: true,
    strike: async (stage) => {
      first(stage).signal('SIGSTOP');
      await pause(FROZEN_SERVICE_MS);
      first(stage).signal('SIGCONT');
    },
  },
];
