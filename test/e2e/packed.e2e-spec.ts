import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { emptyGraph } from '../support/graph.js';
import { ServiceProcess } from '../support/service-process.js';

// It is packed, compiled against and started.
jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '..', '..');

let directory: string;
/** Where the package lies, as npm would put it. */
let installed: string;

beforeAll(emptyGraph);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'packed-'));
  const env = { ...process.env, NODE_OPTIONS: '' };
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory];
  const tarball = execFileSync('npm', pack, { cwd: ROOT, env, encoding: 'utf8' }).trim();
  installed = join(directory, 'node_modules', 'basset-hound-webhooks');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(directory, tarball), '-C', installed, '--strip-components=1']);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the compiler says of a program that has the package, and nothing else. */
function compiled(source: string): string {
  writeFileSync(join(directory, 'use.mts'), source);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  const node = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types')];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const env = { ...process.env, NODE_OPTIONS: '' };
  return spawnSync(process.execPath, [tsc, ...options, ...node, 'use.mts'], {
    cwd: directory,
    env,
    encoding: 'utf8',
  }).stdout;
}

describe('the package, as it is packed', () => {
  it('has the types of the API, for programs that have neither Nest nor the driver', () => {
    const source = `
      import type { CreateWebhook, Delivery, FeedEvents, PatchWebhook, Webhook } from 'basset-hound-webhooks/api';
      const body: CreateWebhook = { name: 'n', url: 'https://receiver.example', events: ['entity.*'] };
      const change: PatchWebhook = { project_id: null, retry_config: { max_retries: 0 } };
      export const shown = (webhook: Webhook, delivery: Delivery): string =>
        webhook.name + (delivery.error_message ?? delivery.status satisfies string);
      export const told = (data: string) => (JSON.parse(data) as FeedEvents['delivery']).webhook_id.length;
      export default [body, change];
    `;
    expect(compiled(source)).toBe('');
    expect(compiled(source.replace("name: 'n'", 'name: 7'))).toContain(
      "'number' is not assignable to type 'string'",
    );
    expect(compiled(source.replace('webhook.name', 'webhook.secret'))).toContain("'secret' does not exist");
  });

  it('starts the service with its console', async () => {
    const modules = join(ROOT, 'node_modules');
    for (const name of readdirSync(modules).filter(
      (name) => !name.startsWith('.') && name !== 'basset-hound-webhooks',
    ))
      symlinkSync(join(modules, name), join(directory, 'node_modules', name));
    const service = await ServiceProcess.start(
      testConnection(),
      {},
      { main: join(installed, 'dist', 'main.js') },
    );
    try {
      const page = await (await fetch(`${service.url}/console/`)).text();
      expect(page).toContain('<title>');
      const parts = [...page.matchAll(/(?:src|href)="(\/console\/[^"]+\.(?:js|css))"/g)].map(
        ([, path]) => path!,
      );
      expect(parts.length).toBeGreaterThan(1);
      for (const path of parts) expect((await fetch(service.url + path)).status).toBe(200);
      expect((await fetch(`${service.url}/`, { headers: { accept: 'text/html' } })).url).toContain(
        '/console/',
      );
    } finally {
      await service.end('SIGTERM');
    }
  });
});
