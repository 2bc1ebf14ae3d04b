import { afterEach, expect, it, jest } from '@jest/globals';
import { Neo4jError } from 'neo4j-driver';
import { until } from '../../../test/support/until.js';
import { StoreState } from '../store-state.js';
import { Supervisor, type Supervised } from './supervisor.js';

/** A server that fails to start as often as it is told to. */
class Server implements Supervised {
  runs = true;
  isStopping = false;
  pid = 7;
  launches = 0;
  failures = 0;
  async relaunch(): Promise<void> {
    this.launches += 1;
    this.failures -= 1;
    if (this.failures >= 0) throw new Error('no room');
    this.runs = true;
  }
}

const server = new Server();
const log: string[] = [];
const supervisor = new Supervisor(server, new StoreState(), (line) => log.push(line));
afterEach(async () => {
  await supervisor.stop();
  jest.restoreAllMocks();
});

it('starts a server that ended again, with growing pauses while it fails, and says so', async () => {
  supervisor.start();
  server.failures = 1;
  server.runs = false;
  await until(() => server.runs, 'the server to run again', 30_000);
  expect(server.launches).toBe(2);
  expect(log).toEqual([
    'Neo4j (process 7) has ended; it is started again in 1 s',
    'no room',
    'Neo4j (process 7) has ended; it is started again in 2 s',
  ]);
  await supervisor.stop();
  server.runs = false;
  expect(server.launches).toBe(2);
});

it('starts a server anew that has not been able to write for a while', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const state = new StoreState(() => now);
  const sick = new Server();
  const watch = new Supervisor(sick, state, () => undefined);
  now = 100_000;
  const full = 'Neo.DatabaseError.Transaction.TransactionCommitFailed';
  state.failed(new Neo4jError('disk full', full, '', ''), true);
  now += 20_000;
  watch.start();
  await until(() => sick.launches > 0, 'the server to be started anew', 30_000);
  await watch.stop();
});
