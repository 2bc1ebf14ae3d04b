import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { firstLine, startScript } from './child.js';
import type { Emission } from './emitter-process.js';
import type { Neo4j } from './neo4j.js';
import { nodeOptions, settingsFor } from './service.js';
import { within } from './waiting.js';

const SCRIPT = fileURLToPath(new URL('emitter-process.ts', import.meta.url));
const EMIT_MS = 300_000;

/** A process that emits in process: another Nest application with the module in it. */
export interface Emitter {
  readonly pid: number;
  /** Resolves to the ms it took until all were accepted. */
  readonly emit: (emission: Emission) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startEmitter(neo4j: Neo4j): Promise<Emitter> {
  const child = startScript(SCRIPT, { env: settingsFor(neo4j), nodeOptions: nodeOptions(), channel: true });
  await firstLine(child);
  const emit = async (emission: Emission): Promise<number> => {
    child.process.send(emission);
    const answer = once(child.process, 'message') as Promise<[{ acceptedMs: number }]>;
    const [{ acceptedMs }] = await within(EMIT_MS, 'the emission in process', answer);
    return acceptedMs;
  };
  return { pid: child.pid, emit, stop: child.stop };
}
