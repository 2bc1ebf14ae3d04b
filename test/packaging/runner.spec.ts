import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isAlive } from '../../src/neo4j/embedded/processes.js';
import { testConnection } from '../support/connection.js';
import { until } from '../support/until.js';

const RUNNER = join(import.meta.dirname, '..', 'runner');

/** The modules of the runner are plain JavaScript. */
const load = (name: string): Promise<any> => import(join(RUNNER, name));

describe('the count of a run of Jest', () => {
  const count = async (status: number, report: object): Promise<unknown> =>
    (await load('jest.mjs')).counts(status, JSON.stringify(report));
  const report = {
    numPassedTests: 7,
    numFailedTests: 2,
    numFailedTestSuites: 2,
    numRuntimeErrorTestSuites: 1,
  };

  it('has each failed test once, and a suite that could not run once', async () => {
    expect(await count(1, report)).toEqual({ passed: 7, failed: 3 });
  });

  it.each([
    ['a bad status that no test explains', 1, { numPassedTests: 7 }, { passed: 7, failed: 1 }],
    ['no report at all', 1, {}, { passed: 0, failed: 1 }],
    ['nothing bad', 0, { numPassedTests: 7 }, { passed: 7, failed: 0 }],
  ])('has one failure only if there is one: %s', async (_, status, of, expected) => {
    expect(await count(status, of)).toEqual(expected);
  });
});

describe('a worker', () => {
  const env = { ...process.env };
  afterEach(() => {
    process.env = env;
  });

  it('has the Neo4j of its number, and else the one that was named', () => {
    process.env = {
      ...env,
      ...{ TEST_NEO4J_URI: 'bolt://a', TEST_NEO4J_PASSWORD: 'of a', JEST_WORKER_ID: '2' },
      ...{ TEST_NEO4J_URI_2: 'bolt://b', TEST_NEO4J_PASSWORD_2: 'of b' },
    };
    expect(testConnection()).toMatchObject({ uri: 'bolt://b', password: 'of b' });
    process.env['JEST_WORKER_ID'] = '1';
    expect(testConnection()).toMatchObject({ uri: 'bolt://a', password: 'of a' });
  });
});

/** A runner whose command starts a process of its own, as Jest starts workers, and tells its id. */
const RUN = `
  import { run, signalAll } from '${join(RUNNER, 'command.mjs')}';
  process.on('SIGTERM', () => signalAll('SIGTERM'));
  const worker = "setInterval(() => {}, 1e6); console.log(process.pid)";
  const jest = 'require("node:child_process").spawn(process.execPath, ["-e", ' + JSON.stringify(worker) +
    '], { stdio: "inherit" }); setInterval(() => {}, 1e6)';
  console.log('ended', await run(process.execPath, ['-e', jest]));
`;

it('a signal ends what a command of the runner has started, and the runner goes on to its last line', async () => {
  const runner = spawn(process.execPath, ['--input-type=module', '-e', RUN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const lines: string[] = [];
  createInterface({ input: runner.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.length > 0, 'the worker', 30_000);
  const ended = once(runner, 'close');
  runner.kill('SIGTERM');
  await ended;
  await until(() => !isAlive(Number(lines[0])), 'the end of the worker');
  expect(lines[1]).toBe('ended 1');
}, 60_000);
