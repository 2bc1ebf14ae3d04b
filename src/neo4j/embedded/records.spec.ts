import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BootError } from '../../common/boot-error.js';
import { layoutOf, type Layout } from './layout.js';
import { endProcess, isAlive, startMark } from './processes.js';
import { claimOwnership, giveUpOwnership, isOurServer, readServerRecord } from './records.js';

let dataDir: string;
let layout: Layout;
let other: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'records-spec-'));
  layout = layoutOf(dataDir);
  await mkdir(layout.home);
});
afterEach(async () => {
  other?.kill('SIGKILL');
  other = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

async function startOther(...args: string[]): Promise<number> {
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...args], { stdio: 'ignore' });
  await once(other, 'spawn');
  return other.pid as number;
}

async function own(pid: number, mark: string): Promise<void> {
  await writeFile(layout.owner, JSON.stringify({ pid, mark }));
}

describe('the owner of a data directory', () => {
  it('claims it, with a record that nobody else reads, and gives it up', async () => {
    await claimOwnership(layout);
    expect((await stat(layout.owner)).mode & 0o777).toBe(0o600);
    await giveUpOwnership(layout);
    await expect(access(layout.owner)).rejects.toThrow('ENOENT');
  });

  it('refuses a second owner, in this process too', async () => {
    await claimOwnership(layout);
    await expect(claimOwnership(layout)).rejects.toThrow(BootError);
  });

  it('refuses while another process that lives has it, and leaves that record alone', async () => {
    const pid = await startOther();
    await own(pid, startMark(pid));
    await expect(claimOwnership(layout)).rejects.toThrow(`in use by process ${pid}`);
    await giveUpOwnership(layout);
    await access(layout.owner);
  });

  it('takes over from a process that is gone, or whose id a stranger has now', async () => {
    const pid = await startOther();
    await own(pid, 'another start');
    await claimOwnership(layout);
    await giveUpOwnership(layout);
    await own(pid, startMark(pid));
    await endProcess(pid);
    await claimOwnership(layout);
  });

  it.each(['of a process that is gone', 'cut short'])(
    'goes to one of many that find the record %s at the same time',
    async (kind) => {
      const gone = { pid: 2 ** 22 + 1, mark: 'gone' };
      for (let round = 0; round < 20; round += 1) {
        await writeFile(
          layout.owner,
          kind === 'cut short' ? '{"pid": 1' : JSON.stringify({ ...gone, round }),
        );
        const claims = Array.from({ length: 8 }, () =>
          claimOwnership(layout).then(
            () => 'owner',
            () => 'refused',
          ),
        );
        expect((await Promise.all(claims)).filter((claim) => claim === 'owner')).toHaveLength(1);
        await giveUpOwnership(layout);
        expect(await readdir(layout.home)).toEqual([]);
      }
    },
  );
});

describe('the record of the server', () => {
  it('is undefined when there is none or it cannot be read', async () => {
    expect(await readServerRecord(layout)).toBeUndefined();
    await writeFile(layout.server, '{"pid": 1');
    expect(await readServerRecord(layout)).toBeUndefined();
  });

  it('is of our server only if that runs on our directory', async () => {
    const pid = await startOther(`--home-dir=${layout.home}`);
    expect(isOurServer({ pid, port: 1 }, layout)).toBe(true);
    expect(isOurServer({ pid, port: 1 }, layoutOf(join(dataDir, 'elsewhere')))).toBe(false);
    expect(isOurServer({ pid: process.pid, port: 1 }, layout)).toBe(false);
  });
});

describe('processes', () => {
  it('takes one that ended but was not waited for as ended', async () => {
    // The shell is replaced by a program that never waits for its child.
    other = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(other.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    await endProcess(Number(line.toString()));
    expect(isAlive(Number(line.toString()))).toBe(false);
  });

  it('kills what does not end by itself', async () => {
    other = spawn('sh', ['-c', "trap '' TERM; echo ready; while :; do sleep 0.05; done"], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(other.stdout as NodeJS.ReadableStream, 'data');
    const pid = other.pid as number;
    await endProcess(pid, 100);
    expect(isAlive(pid)).toBe(false);
  });
});
