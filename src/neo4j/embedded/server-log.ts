import { open, readFile } from 'node:fs/promises';
import type { Layout } from './layout.js';

/** Of the debug log, which may be long: a start that fails is at its end. */
const TAIL_BYTES = 256 * 1024;
const LINES = 5;
/** The beginning of what Neo4j writes when it starts. */
const START = /Starting\.\.\.|Logging config in use/;
/** What a store says that a crash of the disk, not of the process, has damaged. */
const DAMAGED =
  /StoreFailure|MissingStoreFiles|CorruptedLog|UnderlyingStorage|store (?:version|files?)|checksum|corrupt|malformed|RecoveryRequired|Failed to start recovery|unable to find (?:any )?store/i;

async function tailOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

/** The errors of the last start in Neo4j's own log, and what caused them; each once, without stacks. */
export function errorsIn(log: string): string[] {
  const lines = log.split('\n');
  const begin = lines.findLastIndex((line) => START.test(line));
  const errors = lines.slice(begin + 1).filter((line) => / ERROR |^Caused by: /.test(line));
  const short = errors.map((line) => line.replace(/^\S+ \S+ ERROR +/, '').slice(0, 300));
  return [...new Set(short)];
}

/** Why a server did not come up, from its own logs, and what to do if its files are damaged. */
export async function whyItFailed({ log, debugLog, home }: Layout): Promise<string> {
  const errors = errorsIn(await tailOf(debugLog));
  const output = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  const quoted =
    errors.length > 0 ? [...errors.slice(0, 2), ...errors.slice(2).slice(-LINES)] : output.slice(-LINES);
  const damaged = quoted.some((line) => DAMAGED.test(line));
  const way = damaged ? ` Its files may be damaged: restore the backup of ${home}.` : '';
  const file = errors.length > 0 ? debugLog : log;
  return `Its log is ${file}.${way} It says:\n${quoted.join('\n')}`;
}
