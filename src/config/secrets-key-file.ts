import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootError } from '../common/boot-error.js';
import { parseSecretsKey } from './secrets-key.js';
import type { SecretsKey } from './service-options.js';

/** The key that lies next to the data of an embedded Neo4j (mode 0600); made when it is first needed. */
export function loadOrCreateSecretsKey(dataDir: string): SecretsKey {
  const file = join(dataDir, 'secrets.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = parseSecretsKey(readFileSync(file, 'utf8'));
  if (!key) throw new BootError(`${file} does not hold 32 bytes in base64: restore it, or set SECRETS_KEY`);
  return key;
}
