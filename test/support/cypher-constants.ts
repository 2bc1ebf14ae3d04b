import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** Every exported constant of every `*.cypher.ts`, by name and with its file: a new one is found by itself. */
export async function cypherConstants(): Promise<[name: string, cypher: string, file: string][]> {
  const files = (readdirSync(SOURCES, { recursive: true }) as string[]).filter((file) =>
    file.endsWith('.cypher.ts'),
  );
  const modules: object[] = [];
  // One after the other: Jest loses what two of them import at the same time.
  for (const file of files) modules.push(await import(`../../src/${file.replace(/\.ts$/, '.js')}`));
  return modules.flatMap((module, i) =>
    Object.entries(module as Record<string, string>).map(([name, cypher]): [string, string, string] => [
      name,
      cypher,
      files[i]!,
    ]),
  );
}

/** Whether a statement changes anything. */
export function writes(cypher: string): boolean {
  return /\b(?:CREATE|MERGE|SET|DELETE|REMOVE)\b/.test(cypher);
}
