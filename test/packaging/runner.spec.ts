import { jest } from '@jest/globals';
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
  const file = (name: string, status: string, ...tests: string[]): object => ({
    name: join(RUNNER, name),
    status,
    assertionResults: tests.map((status, i) => ({ status, fullName: `${name} ${i}` })),
  });
  const count = async (status: number, ...files: object[]): Promise<unknown> =>
    (await load('jest.mjs')).counts({ status, files });
  const good = file('good', 'passed', 'passed', 'passed', 'pending');

  it('has each failed test once, and a suite that could not run once', async () => {
    expect(
      await count(1, good, file('bad', 'failed', 'failed', 'passed', 'failed'), file('broken', 'failed')),
    ).toEqual({ passed: 3, failed: 3 });
  });

  it.each([
    ['a bad status that no test explains', 1, [good], { passed: 2, failed: 1 }],
    ['no report at all', 1, [], { passed: 0, failed: 1 }],
    ['a file that fails after its tests', 1, [file('a', 'failed', 'passed')], { passed: 1, failed: 1 }],
    ['nothing bad', 0, [good], { passed: 2, failed: 0 }],
  ])('has one failure only if there is one: %s', async (_, status, files, expected) => {
    expect(await count(status, ...files)).toEqual(expected);
  });
});

describe('a run of the fuzzer', () => {
  const report = (tests: number, failures = 0): string =>
    `<testsuites disabled="0" errors="0" failures="${failures}" tests="${tests}" time="9">`;

  it.each([
    ['goes well', 0, report(40), 900, { passed: 40, failed: 0 }],
    ['finds something', 1, report(40, 2), 900, { passed: 38, failed: 2 }],
    ['ends badly and says nothing', 1, '', 900, { passed: 0, failed: 1 }],
    ['has no time for a single request', 0, report(40), 0, { passed: 40, failed: 1 }],
    ['reports nothing', 0, report(0), 5, { passed: 0, failed: 1 }],
  ])('that %s is counted', async (_, status, text, requests, expected) => {
    const { counts } = await load('fuzz-counts.mjs');
    expect(counts(status, text, requests)).toEqual(expected);
  });

  it('says how much it did', async () => {
    const { summary } = await load('fuzz-counts.mjs');
    const paths = { '/a': { get: {}, post: {}, parameters: [] }, '/api/v1/feed': { get: {} } };
    expect(summary(paths, { 'GET /a': 7, 'POST /a': 2 })).toBe('Fuzzed 2 of 2 operations with 9 requests');
    expect(summary(paths, { 'GET /a': 7 })).toBe(
      'Fuzzed 1 of 2 operations with 7 requests; not reached in time: POST /a',
    );
  });
});

describe('a file that failed beside others', () => {
  /** Runs of Jest that report one file of two tests each, one after the other. */
  const again = async (...runs: (readonly string[])[]): Promise<unknown> => {
    const runner = await load('jest.mjs');
    const names: (readonly string[])[] = [];
    const run = (only: readonly string[]): object => {
      names.push(only);
      const [end = '', ...tests] = runs[names.length - 1] ?? [];
      return {
        status: end === 'failed' ? 1 : 0,
        files: [...(only.length ? [] : [KEPT]), fileOf(end, tests)],
      };
    };
    return { ...(await runner.patiently(run)), runs: names.length, again: names[1] };
  };
  const NAME = join(RUNNER, 'a.spec.ts');
  const fileOf = (status: string, tests: readonly string[]): object => ({
    name: NAME,
    status,
    assertionResults: tests.map((status) => ({ status, fullName: status })),
  });
  const KEPT = { name: 'kept', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'kept' }] };

  it('is run once more, alone, and counts as it ends then', async () => {
    const said = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await again(['failed', 'failed', 'passed'], ['passed', 'passed', 'passed'])).toEqual({
      ...{ passed: 3, failed: 0, runs: 2, again: [NAME] },
    });
    expect(await again(['failed', 'failed', 'passed'], ['failed', 'failed', 'passed'])).toEqual({
      ...{ passed: 2, failed: 1, runs: 2, again: [NAME] },
    });
    expect(await again(['passed', 'passed', 'passed'])).toEqual({ passed: 3, failed: 0, runs: 1 });
    expect(said.mock.calls).toEqual(
      Array(2).fill([expect.stringMatching(/alone:\n {2}\S*a\.spec\.ts: failed$/)]),
    );
    said.mockRestore();
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
