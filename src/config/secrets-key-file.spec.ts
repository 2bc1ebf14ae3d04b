import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadOrCreateSecretsKey } from './secrets-key-file.js';

describe('loadOrCreateSecretsKey', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'secrets-key-file-spec-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('makes one key, for its owner only, and nothing else', () => {
    const inner = join(dataDir, 'data');
    const first = loadOrCreateSecretsKey(inner);
    expect((first.key as KeyObject).symmetricKeySize).toBe(32);
    expect((loadOrCreateSecretsKey(inner).key as KeyObject).equals(first.key as KeyObject)).toBe(true);
    expect(readdirSync(inner)).toEqual(['secrets.key']);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    expect(statSync(join(inner, 'secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('never replaces a key, good or not', () => {
    writeFileSync(join(dataDir, 'secrets.key'), 'damaged');
    expect(() => loadOrCreateSecretsKey(dataDir)).toThrow('restore it, or set SECRETS_KEY');
    expect(() => loadOrCreateSecretsKey(dataDir)).toThrow('restore it, or set SECRETS_KEY');
  });

  it('says which setting to change when the place cannot be used', () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(() => loadOrCreateSecretsKey(join(dataDir, 'file'))).toThrow('choose another DATA_DIR');
  });
});
