import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endLater } from './cleanup.js';
import { within } from './waiting.js';

const LOADER = fileURLToPath(new URL('../../test/runner/typescript.mjs', import.meta.url));
/** The rest of our environment could change the settings of the service. */
const INHERITED = /^(?:PATH|HOME|TMPDIR|LANG|JAVA_HOME|MAVEN_.*|(?:HTTPS?|NO)_PROXY)$/i;
const FIRST_LINE_MS = 120_000;
const GRACE_MS = 30_000;

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A process of ours. It ends with the benchmark, by its id. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** SIGTERM, and SIGKILL when that does not help. */
  readonly stop: () => Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node.js. */
  readonly nodeOptions?: readonly string[];
  /** A channel for messages, which also tells the child that its parent is gone. @default false */
  readonly channel?: boolean;
}

function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => INHERITED.test(name)));
}

/** Starts a script, of TypeScript or JavaScript. */
export function startScript(
  file: string,
  { env = {}, nodeOptions = [], channel = false }: ScriptOptions = {},
): Child {
  const loader = file.endsWith('.ts') ? ['--import', LOADER] : [];
  const child = spawn(process.execPath, [...nodeOptions, ...loader, file], {
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...(channel ? (['ipc'] as const) : [])],
  });
  if (child.pid === undefined) throw new Error(`${file} could not be started`);
  children.add(child);
  const exited = once(child, 'exit').then(() => children.delete(child));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (children.has(child)) child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(force);
  };
  const kill = (): Promise<void> => end('SIGKILL');
  return { process: child, pid: child.pid, stop: endLater(() => end('SIGTERM')), kill };
}

/** The first line of a child's output that is a JSON object; its log may come before. @throws when it ends without one */
export async function firstLine<T>({ process: { stdout }, pid }: Child): Promise<T> {
  if (!stdout) throw new Error('The child has no output');
  const lines = createInterface({ input: stdout });
  const ended = once(lines, 'close').then(() => Promise.reject(new Error(`Process ${pid} said nothing`)));
  const line = new Promise<string>((resolve) => {
    lines.on('line', (each) => {
      if (each.startsWith('{')) resolve(each);
    });
  });
  const text = await within(FIRST_LINE_MS, `the first line of process ${pid}`, Promise.race([line, ended]));
  ended.catch(() => undefined);
  return JSON.parse(text) as T;
}
