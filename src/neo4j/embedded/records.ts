import { readFile, rm, writeFile } from 'node:fs/promises';
import { BootError } from '../../common/boot-error.js';
import type { Layout } from './layout.js';
import { commandLine, isAlive, startMark } from './processes.js';

/** The server that was started last. */
export interface ServerRecord {
  readonly pid: number;
  readonly port: number;
}

interface OwnerRecord {
  readonly pid: number;
  readonly mark: string;
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function thisProcess(): OwnerRecord {
  return { pid: process.pid, mark: startMark(process.pid) };
}

/** Creates the file, unless there is one. */
async function createOwnerRecord(owner: string): Promise<boolean> {
  try {
    await writeFile(owner, JSON.stringify(thisProcess()), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Makes this process the owner of the data directory.
 * @throws BootError when another one that lives has it, or this one has it already
 */
export async function claimOwnership({ owner, home }: Layout): Promise<void> {
  if (await createOwnerRecord(owner)) return;
  const other = await readJson<OwnerRecord>(owner);
  const lives = other !== undefined && isAlive(other.pid) && startMark(other.pid) === other.mark;
  if (!lives) await rm(owner, { force: true });
  if (lives || !(await createOwnerRecord(owner))) {
    throw new BootError(
      `${home} is in use by process ${other?.pid}: stop it, set another DATA_DIR, or share its Neo4j through NEO4J_URI.`,
    );
  }
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
