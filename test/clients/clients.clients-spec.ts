import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { TestApp } from '../support/app.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';
import { HAS_PYTHON, installNodeTools, installPythonTools, run } from './tools.js';

// The first run installs the tools.
jest.setTimeout(300_000);

const ROOT = join(import.meta.dirname, '..', '..');
const METHODS = ['get', 'put', 'patch', 'post', 'delete'] as const;

let app: TestApp;
let graph: Graph;
let receiver: Receiver;
let document: any;
let nodeTools: string;
let pythonTools: string | undefined;
/** Where documents are linted, and clients are made and run. */
let directory: string;

const read = async ({ url }: TestApp): Promise<any> => (await fetch(`${url}/openapi.json`)).json();

beforeAll(async () => {
  [nodeTools, pythonTools] = await Promise.all([
    installNodeTools(),
    HAS_PYTHON ? installPythonTools() : undefined,
  ]);
  directory = mkdtempSync(join(tmpdir(), 'clients-'));
  symlinkSync(join(nodeTools, 'node_modules'), join(directory, 'node_modules'));
  for (const name of ['package.json', 'lint.mjs', 'calls.mjs', 'calls.py', 'drop_in.py'])
    cpSync(join(import.meta.dirname, name), join(directory, name));
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start(({ path }) => (path === '/broken' ? 500 : 200));
  // What failed stays failed, or a probe would change it while it is looked at.
  app = await TestApp.start({ env: { RECOVER_AFTER_OUTAGE: 'false' } });
  document = await read(app);
  writeFileSync(join(directory, 'openapi.json'), JSON.stringify(document));
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.close();
  rmSync(directory, { recursive: true, force: true });
});

const operations = (of: any = document): { name: string; id: string; security: unknown }[] =>
  Object.entries<any>(of.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      name: `${method.toUpperCase()} ${path}`,
      id: item[method].operationId,
      security: item[method].security,
    })),
  );

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Calls the service with a generated client; answers what it printed: each operation with its status. */
async function calls(program: string, args: readonly string[]): Promise<Record<string, number>> {
  const urls = {
    SERVICE_URL: app.url,
    RECEIVER_URL: receiver.url('/good'),
    BROKEN_URL: receiver.url('/broken'),
  };
  const lines = (await run(program, args, directory, urls)).trim().split('\n');
  return Object.fromEntries(lines.map((line) => JSON.parse(line)));
}

/** Every operation was called, and answered well. */
function expectGood(called: Record<string, number>, names: readonly string[]): void {
  expect(Object.keys(called).sort()).toEqual([...names].sort());
  expect(Object.entries(called).filter(([, status]) => status < 200 || status >= 300)).toEqual([]);
}

describe('the OpenAPI document', () => {
  const keys = { API_KEYS: 'test-key-0123456789' };

  it('has nothing that Spectral or Redocly would blame, with keys and without', async () => {
    const files = ['openapi.json'];
    for (const env of [keys, { ...keys, PUBLIC_ENDPOINTS: 'docs' }]) {
      const other = await TestApp.start({ env });
      files.push(`with-keys-${files.length}.json`);
      writeFileSync(join(directory, files.at(-1)!), JSON.stringify(await read(other)));
      await other.close();
    }
    expect(await run(process.execPath, ['lint.mjs', ...files], directory)).toBe('');
  });

  it('asks for keys exactly where the service does', async () => {
    expect(document.security).toEqual([]);
    expect(document.components.securitySchemes).toBeUndefined();
    for (const [open, needsKey] of [
      ['docs,metrics', ['/health/live', '/health/ready']],
      ['docs,health', ['/metrics']],
    ] as const) {
      const other = await TestApp.start({ env: { ...keys, PUBLIC_ENDPOINTS: open } });
      const guarded = await read(other);
      expect(guarded.security).toEqual([{ bearer: [] }, { api_key: [] }]);
      const free = operations(guarded).filter(({ security }) => security !== undefined);
      const operational = ['/health/live', '/health/ready', '/metrics'].filter(
        (path) => !needsKey.some((other) => other === path),
      );
      expect(free.map(({ name }) => name).sort()).toEqual(operational.map((path) => `GET ${path}`));
      for (const path of needsKey) expect((await fetch(`${other.url}${path}`)).status).toBe(401);
      for (const path of operational) expect((await fetch(`${other.url}${path}`)).status).toBe(200);
      await other.close();
    }
  });

  it('gives each operation a name that reads well in any language', () => {
    const ids = operations().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id))).toEqual([]);
  });
});

describe('a generated client', () => {
  it('in TypeScript is well typed, and calls each operation', async () => {
    const generator = join(nodeTools, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
    await run(process.execPath, [generator, 'openapi.json', '--output', 'api.d.ts'], directory);
    mkdirSync(join(directory, 'types'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', '@types'), join(directory, 'types', '@types'));
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const strict = ['--noEmit', '--strict', '--allowJs', '--skipLibCheck', '--types', 'node'];
    const like = ['--module', 'nodenext', '--target', 'es2023', '--typeRoots', 'types/@types'];
    await run(process.execPath, [compiler, ...strict, ...like, 'calls.mjs'], directory);
    expectGood(
      await calls(process.execPath, ['calls.mjs']),
      operations().map(({ name }) => name),
    );
  });

  (HAS_PYTHON ? it : it.skip)('in Python lacks nothing, and calls each operation', async () => {
    const bin = (name: string): string => join(pythonTools!, 'bin', name);
    // Formatting what nobody reads takes a program more.
    writeFileSync(join(directory, 'config.yml'), 'post_hooks: []\n');
    const where = ['--path', 'openapi.json', '--output-path', 'python', '--config', 'config.yml'];
    await run(bin('openapi-python-client'), ['generate', '--fail-on-warning', ...where], directory);
    cpSync(join(directory, 'calls.py'), join(directory, 'python', 'calls.py'));
    expectGood(
      await calls(bin('python'), [join('python', 'calls.py')]),
      // Its client reads an answer to the end, and the feed has none.
      operations().flatMap(({ id }) => (id === 'watchFeed' ? [] : [snakeCase(id)])),
    );
  });
});

describe('the Python client', () => {
  (HAS_PYTHON ? it : it.skip)('does what code written for the Python service asks of it', async () => {
    const python = join(pythonTools!, 'bin', 'python');
    await app.get(WebhookService).clear();
    const env = {
      CLIENT_DIRECTORY: join(ROOT, 'clients', 'python'),
      PYTHONDONTWRITEBYTECODE: '1',
      SERVICE_URL: app.url,
      RECEIVER_URL: receiver.url('/good'),
      BROKEN_URL: receiver.url('/broken'),
    };
    expect(await run(python, ['drop_in.py'], directory, env)).toBe('done\n');
  });
});

describe('the example in Python of an event in the own transaction', () => {
  (HAS_PYTHON ? it : it.skip)(
    'is sent when that is committed, and never when it is rolled back',
    async () => {
      const { uri, user, password } = testConnection();
      const env = { NEO4J_URI: uri, NEO4J_USER: user, NEO4J_PASSWORD: password };
      const example = join(ROOT, 'examples', 'transaction', 'emit.py');
      const printed = await run(join(pythonTools!, 'bin', 'python'), [example], directory, env);
      const [, committed] = /^committed (\S+)$/m.exec(printed) ?? [];
      const [, rolledBack] = /^rolled back (\S+)$/m.exec(printed) ?? [];
      expect([committed, rolledBack]).toEqual([expect.any(String), expect.any(String)]);
      const sent = (): Promise<{ id: string }[]> =>
        graph.run('MATCH (e:WebhookEvent) WHERE e.id IN $ids RETURN e.id AS id', {
          ids: [committed, rolledBack],
        });
      await until(async () => (await sent()).length > 0, 'the event to be sent', 60_000);
      expect(await sent()).toEqual([{ id: committed }]);
      expect(await graph.count('WebhookOutbox')).toBe(0);
      const body = JSON.parse(
        await graph.value('MATCH (e:WebhookEvent {id: $id}) RETURN e.body', { id: committed }),
      );
      expect(body).toMatchObject({
        event: 'report.generated',
        project_id: 'cold-case',
        data: { report_id: 'r-1', title: 'Findings' },
      });
      await graph.run('MATCH (report:Report) DELETE report');
    },
  );
});
