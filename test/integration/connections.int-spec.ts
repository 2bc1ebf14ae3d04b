import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connections } from '../../src/neo4j/connections.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { createDriver } from '../../src/neo4j/open-driver.js';
import { StoreState } from '../../src/neo4j/store-state.js';
import { testConnection } from '../support/connection.js';

/** A bookmark as Neo4j gives and takes it. */
const BOOKMARK = /FB:[A-Za-z0-9+/=]{8,}/g;
const LONG_MS = 60_000;

let server: Server;
let sent = '';
let received = '';
let connections: Connections;
let engine: Neo4jGraph;
let api: Neo4jGraph;

beforeAll(async () => {
  const { port } = new URL(testConnection().uri);
  server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('data', (chunk) => (sent += chunk.toString('latin1')));
    far.on('data', (chunk) => (received += chunk.toString('latin1')));
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const uri = `bolt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = new StoreState();
  connections = new Connections((size) => createDriver({ ...testConnection(), uri }, size), state, 'neo4j');
  const settings = { database: 'neo4j', patienceMs: 20_000, state, life: connections };
  engine = new Neo4jGraph(connections.sessions('engine'), settings);
  api = new Neo4jGraph(connections.sessions('api'), settings);
});
afterAll(async () => {
  await engine.write('MATCH (n:ConnectionsProbe) DELETE n');
  await connections.close();
  server.close();
});

describe('the connections of a store', () => {
  it(
    'tell a read of what was written before it, whichever pool it takes',
    async () => {
      await engine.write('CREATE (:ConnectionsProbe)');
      const written = received.match(BOOKMARK)?.at(-1);
      expect(written).toBeDefined();
      sent = '';
      expect(await api.read('MATCH (n:ConnectionsProbe) RETURN count(n) AS n')).toEqual([{ n: 1 }]);
      expect(sent).toContain(written);
    },
    LONG_MS,
  );

  it(
    'are given up together: what runs on them ends, and what comes next has new ones',
    async () => {
      const slow = engine.read('UNWIND range(1, 20000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n) AS n');
      await api.read('RETURN 1 AS one');
      const { lost } = connections;
      connections.replace();
      expect(lost.aborted).toBe(true);
      expect(connections.lost.aborted).toBe(false);
      expect(await api.read('RETURN 1 AS one')).toEqual([{ one: 1 }]);
      // Repeated by itself on a new connection.
      expect(await slow).toEqual([{ n: 0 }]);
    },
    LONG_MS,
  );

  it(
    'leave the engine its own when the API has taken all of its',
    async () => {
      const held = Array.from({ length: 60 }, () =>
        api.read('UNWIND range(1, 3000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n) AS n').catch(() => []),
      );
      expect(await engine.read('RETURN 1 AS one')).toEqual([{ one: 1 }]);
      await Promise.all(held);
    },
    LONG_MS * 2,
  );
});
