import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../common/caught.js';
import { BootError } from '../common/boot-error.js';
import { makeDirectory } from '../common/make-directory.js';
import { KEY_BYTES, parseSecretsKey } from './secrets-key.js';
import type { SecretsKey } from './service-options.js';

/** Appears whole and on disk, or not at all: half a key would lock the service out of its own secrets. */
function createKeyFile(file: string): void {
  const draft = `${file}.${process.pid}`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
  } finally {
    closeSync(descriptor);
    rmSync(draft);
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function isPresent(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}

function readOrCreate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    createKeyFile(file);
  } catch (error) {
    // Another process was faster; its key counts.
    if (!isPresent(error)) throw error;
  }
  return readFileSync(file, 'utf8');
}

/**
 * The key that lies next to the data of an embedded Neo4j (mode 0600); made when it is first needed.
 *
 * @throws BootError when the directory cannot be written, or the file holds something else
 */
export function loadOrCreateSecretsKey(dataDir: string): SecretsKey {
  const file = join(dataDir, 'secrets.key');
  let text: string;
  try {
    makeDirectory(dataDir);
    text = readOrCreate(file);
  } catch (error) {
    throw new BootError(`${file} cannot be used, choose another DATA_DIR: ${messageOf(error)}`);
  }
  const key = parseSecretsKey(text);
  if (!key) throw new BootError(`${file} does not hold 32 bytes in base64: restore it, or set SECRETS_KEY`);
  return key;
}
