import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { freePort } from '../support/free-port.js';
import { Graph } from '../support/graph.js';
import { ServiceProcess } from '../support/service-process.js';
import { Terminal } from '../support/terminal.js';
import { until } from '../support/until.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

let graph: Graph;
beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
});
afterAll(() => graph.close());

const lines = ({ output }: { output: string }): any[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

const ofService = (service: { output: string }): any[] =>
  lines(service).filter(({ context }) => context === 'Service');

describe('the log', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'tells of the start and of a stop by %s',
    async (signal) => {
      const service = await ServiceProcess.start(testConnection());
      expect(await service.end(signal)).toBe(0);
      const [start, stopping, stopped, ...more] = ofService(service);
      expect(start).toMatchObject({
        level: 'info',
        version: expect.any(String),
        node: process.versions.node,
      });
      expect(start.message).toContain(service.url);
      expect(stopping).toMatchObject({ level: 'info', message: `Stopping: ${signal}` });
      expect(stopped).toMatchObject({ level: 'info', message: 'Stopped', status: 0 });
      expect(more).toEqual([]);
    },
  );

  it('tells of no stop when the process was killed', async () => {
    const service = await ServiceProcess.start(testConnection());
    await service.end('SIGKILL');
    expect(ofService(service)).toHaveLength(1);
  });

  it('names levels as LOG_LEVEL does, and times in RFC 3339', async () => {
    const service = await ServiceProcess.start(testConnection(), { LOG_LEVEL: 'debug' });
    await service.end('SIGTERM');
    const levels = new Set(lines(service).map(({ level }) => level));
    expect([...levels].filter((level) => !['error', 'warn', 'info', 'debug'].includes(level))).toEqual([]);
    for (const { timestamp } of lines(service)) expect(new Date(timestamp).toISOString()).toBe(timestamp);
  });
});

describe('a log that nobody takes any more', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'process-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    ['its reader went away', `node ${MAIN} 2>&1 | head -n 1`],
    ['its disk is full', `node ${MAIN} > /dev/full 2>&1`],
  ])('does not stop the service: %s', async (_, command) => {
    const { uri, user, password } = testConnection();
    const port = await freePort();
    const terminal = Terminal.open(directory, {
      ...{ NEO4J_URI: uri, NEO4J_USER: user, NEO4J_PASSWORD: password, NODE_OPTIONS: '' },
      ...{ PORT: String(port), SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'), LOG_LEVEL: 'debug' },
    });
    try {
      terminal.start(command);
      const live = async (): Promise<boolean> =>
        fetch(`http://127.0.0.1:${port}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        );
      await until(live, 'the service', 60_000);
      // At level debug each writes a line.
      for (let i = 0; i < 20; i += 1) expect(await live()).toBe(true);
    } finally {
      await terminal.close();
    }
  });
});
