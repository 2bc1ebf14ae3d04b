import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { Terminal } from '../support/terminal.js';

// Each command is a process.
jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '..', '..');

/** A webhook as the Python service answered it. */
const old = (id: string, given: object): object => ({
  id,
  active: true,
  headers: {},
  project_id: null,
  retry_config: { max_retries: 3, initial_delay: 1.0, max_delay: 60.0 },
  created_at: '2026-11-20T08:00:00.000000+00:00',
  updated_at: '2026-11-20T08:00:00.000000+00:00',
  last_triggered_at: null,
  delivery_count: 0,
  success_count: 0,
  failure_count: 0,
  ...given,
});

const THERE = [
  old('3f0e8f0a-0001-4000-8000-000000000001', {
    name: 'CRM',
    url: 'https://crm.example/hook',
    events: ['entity.created', 'entity.updated'],
    headers: { Authorization: 'Bearer of-the-crm', 'X-Team': 'blue' },
    project_id: 'cold-case',
  }),
  // The name is taken in another project only.
  old('3f0e8f0a-0002-4000-8000-000000000002', {
    name: 'CRM',
    url: 'https://crm.example/all',
    events: ['import.failed'],
  }),
  old('3f0e8f0a-0003-4000-8000-000000000003', {
    name: 'Twice',
    url: 'https://one.example/',
    events: ['search.executed'],
    active: false,
    retry_config: { max_retries: 5, initial_delay: 2.5, max_delay: 30.0 },
  }),
  old('3f0e8f0a-0004-4000-8000-000000000004', {
    name: 'Twice',
    url: 'https://two.example/',
    events: ['search.executed'],
  }),
  // What PUT of the Python service let through.
  old('3f0e8f0a-0005-4000-8000-000000000005', {
    name: 'Files',
    url: 'ftp://files.example/',
    events: ['report.generated'],
  }),
  old('3f0e8f0a-0006-4000-8000-000000000006', {
    name: 'Lab',
    url: 'http://10.1.2.3/hook',
    events: ['entity.deleted'],
  }),
];

let graph: Graph;
let service: ServiceProcess;
let python: Receiver;
let directory: string;
let terminal: Terminal;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  service = await ServiceProcess.start(testConnection());
  const list = { status: 200, body: JSON.stringify({ webhooks: THERE, total: THERE.length }) };
  python = await Receiver.start(({ path }) => (path === '/api/v1/webhooks' ? list : 404));
  directory = mkdtempSync(join(tmpdir(), 'upgrade-'));
  symlinkSync(join(ROOT, 'bin'), join(directory, 'bin'));
  terminal = Terminal.open(directory, { XDG_CONFIG_HOME: directory });
}, 300_000);

afterAll(async () => {
  await terminal.close();
  await service.end('SIGTERM');
  await python.close();
  await graph.close();
  rmSync(directory, { recursive: true, force: true });
});

const results = (output: string): Record<string, number> =>
  Object.fromEntries(
    [.../created \d+.*deleted \d+/.exec(output)![0].matchAll(/(\w+) (\d+)/g)].map(([, name, n]) => [
      name,
      Number(n),
    ]),
  );
const webhooks = async (): Promise<any[]> => (await service.api('GET', '/webhooks')).webhooks;

it('the upgrade works as docs/upgrade.md prints it, and once more changes nothing', async () => {
  const text = readFileSync(join(ROOT, 'docs', 'upgrade.md'), 'utf8')
    .replaceAll('8001', String(service.port))
    .replaceAll('8000', String(python.port));
  const [, look, take, again, files] = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);

  expect(results(await terminal.run(look!))).toEqual({
    ...{ created: 6, changed: 0, same: 0, refused: 0, deleted: 0 },
  });
  expect(await webhooks()).toEqual([]);

  const taken = await terminal.run(take!, 60_000);
  expect(taken).toContain('ended with 1');
  expect(results(taken)).toEqual({ created: 4, changed: 0, same: 0, refused: 2, deleted: 0 });
  expect(taken).toMatch(/refused {2}Files {2}.*must start with http/);
  expect(taken).toMatch(/refused {2}Lab {2}.*list its network in ALLOWED_NETWORKS/);
  expect(taken.match(/secret whsec_\S+/g)).toHaveLength(2);
  const made = await webhooks();
  expect(made.every(({ has_secret: signed }) => signed)).toBe(true);
  expect(made.find(({ url }) => url === 'https://one.example/')).toMatchObject({
    active: false,
    retry_config: { max_retries: 5, initial_delay: 2.5, max_delay: 30, backoff_multiplier: 2 },
  });
  const crm = made.find(({ url }) => url === 'https://crm.example/hook');
  expect(crm).toMatchObject({ project_id: 'cold-case', headers: { Authorization: '***', 'X-Team': 'blue' } });
  const map = JSON.parse(readFileSync(join(directory, 'map.json'), 'utf8'));
  expect(map['3f0e8f0a-0001-4000-8000-000000000001']).toBe(crm.id);

  expect(results(await terminal.run(again!, 60_000))).toEqual({
    ...{ created: 0, changed: 0, same: 4, refused: 2, deleted: 0 },
  });
  expect(await webhooks()).toEqual(made);

  await service.api('PATCH', `/webhooks/${crm.id}`, { events: ['*'] });
  expect(results(await terminal.run(again!, 60_000))).toMatchObject({ changed: 1, same: 3 });
  await service.api('POST', '/webhooks', { name: 'Left', url: 'https://left.example/', events: ['*'] });
  await terminal.run(files!.split('\n')[0]!);
  const file = JSON.parse(readFileSync(join(directory, 'webhooks.json'), 'utf8'));
  expect(file.webhooks.map(({ name }: any) => name).sort()).toEqual(['CRM', 'CRM', 'Left', 'Twice', 'Twice']);
  expect(JSON.stringify(file)).not.toMatch(/of-the-crm|whsec_/);
  await service.api('POST', '/webhooks', { name: 'New', url: 'https://new.example/', events: ['*'] });
  expect(results(await terminal.run(files!.split('\n')[1]!))).toEqual({
    ...{ created: 0, changed: 0, same: 5, refused: 0, deleted: 1 },
  });
});
