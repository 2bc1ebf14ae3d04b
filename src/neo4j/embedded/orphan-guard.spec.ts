import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { layoutOf, type Layout } from './layout.js';
import { guardServer } from './orphan-guard.js';

const TIMES = { everySeconds: 1, graceSeconds: 1 };
const IDLE = 'setInterval(() => {}, 1000)';

let dataDir: string;
let layout: Layout;
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'orphan-guard-spec-'));
  layout = layoutOf(dataDir);
  children = [];
  await mkdir(layout.home);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', IDLE, '--', ...args], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

async function own(pid: number | undefined): Promise<void> {
  await writeFile(layout.owner, JSON.stringify({ pid, mark: 'm' }));
}

describe('guardServer', () => {
  it('ends a server whose owner is gone', async () => {
    const server = await start(`--home-dir=${layout.home}`);
    const owner = await start();
    await own(owner.pid);
    const endGuard = guardServer(server.pid as number, layout, TIMES);
    await pause(2500);
    expect(server.signalCode).toBeNull();
    owner.kill('SIGKILL');
    await once(server, 'exit');
    expect(server.signalCode).toBe('SIGTERM');
    endGuard();
  }, 20_000);

  it('leaves a server alone that has a new owner, and a stranger', async () => {
    const server = await start(`--home-dir=${layout.home}`);
    const stranger = await start('--home-dir=/somewhere/else');
    const endGuards = [server, stranger].map(({ pid }) => guardServer(pid as number, layout, TIMES));
    await own(process.pid);
    await pause(3500);
    expect(server.signalCode).toBeNull();
    await rm(layout.owner);
    await once(server, 'exit');
    expect(stranger.signalCode).toBeNull();
    for (const end of endGuards) end();
  }, 20_000);
});
