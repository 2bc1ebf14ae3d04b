import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../../common/caught.js';
import { BootError } from '../../common/boot-error.js';
import type { Layout } from './layout.js';
import { commandLine, isAlive, startMark } from './processes.js';

const CLAIM_TRIES = 100;
const CLAIM_PAUSE_MS = 20;

/** The server that was started last. */
export interface ServerRecord {
  readonly pid: number;
  readonly port: number;
}

interface OwnerRecord {
  readonly pid: number;
  readonly mark: string;
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readJson<T>(file: string): Promise<T | undefined> {
  return parse(await readText(file)) as T | undefined;
}

function thisProcess(): OwnerRecord {
  return { pid: process.pid, mark: startMark(process.pid) };
}

/** Creates a file with a record of this process, whole or not at all, unless there is one. */
async function createRecord(file: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(thisProcess()), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft);
  }
}

function lives(record: OwnerRecord | undefined): boolean {
  return record !== undefined && isAlive(record.pid) && startMark(record.pid) === record.mark;
}

/** A file that only one successor of this owner can make; the others find it, or find the owner changed. */
function successionOf(owner: string, former: string): string {
  return `${owner}.after-${createHash('sha256').update(former).digest('hex').slice(0, 16)}`;
}

/**
 * Takes the place of an owner that is gone. To remove its record first would be to remove, at times, that of a process
 * that was faster: so the right to replace this very record is taken before, and the record is looked at once more.
 */
async function succeed(owner: string, former: string): Promise<boolean> {
  const succession = successionOf(owner, former);
  if (!(await createRecord(succession))) {
    if (!lives(await readJson<OwnerRecord>(succession))) await rm(succession, { force: true });
    return false;
  }
  if ((await readText(owner)) !== former) {
    await rm(succession);
    return false;
  }
  await rename(succession, owner);
  return true;
}

/**
 * Makes this process the owner of the data directory.
 * @throws BootError when another one that lives has it, or this one has it already
 */
export async function claimOwnership({ owner, home }: Layout): Promise<void> {
  for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
    if (await createRecord(owner)) return;
    const former = await readText(owner);
    if (former === undefined) continue;
    const other = parse(former) as OwnerRecord | undefined;
    if (lives(other)) throw inUse(home, `process ${other?.pid}`);
    if (await succeed(owner, former)) return;
    await pause(CLAIM_PAUSE_MS);
  }
  throw inUse(home, 'another process that starts now');
}

function inUse(home: string, by: string): BootError {
  return new BootError(
    `${home} is in use by ${by}: stop it, set another DATA_DIR, or share its Neo4j through NEO4J_URI.`,
  );
}

/** Leaves the data directory to others; does nothing when it belongs to another process by now. */
export async function giveUpOwnership({ owner }: Layout): Promise<void> {
  const { pid, mark } = thisProcess();
  const record = await readJson<OwnerRecord>(owner);
  if (record?.pid === pid && record.mark === mark) await rm(owner, { force: true });
}

export async function writeServerRecord({ server }: Layout, record: ServerRecord): Promise<void> {
  await writeFile(server, JSON.stringify(record), { mode: 0o600 });
}

export async function readServerRecord({ server }: Layout): Promise<ServerRecord | undefined> {
  return readJson<ServerRecord>(server);
}

/** Whether the recorded process is still our Neo4j, and not a stranger that has its id now. */
export function isOurServer({ pid }: ServerRecord, { home }: Layout): boolean {
  return isAlive(pid) && commandLine(pid).includes(`--home-dir=${home}`);
}
