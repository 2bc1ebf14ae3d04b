import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { SecretCipher } from './secret-cipher.js';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte) });
const cipher = (...keys: ReturnType<typeof key>[]): SecretCipher =>
  new SecretCipher({ ...DEFAULT_OPTIONS, secretsKeys: keys });

describe('SecretCipher', () => {
  it('gives back what it was given, and never stores the same text twice', () => {
    const own = cipher(key('a', 1));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        fc.pre(plain.isWellFormed());
        const stored = own.encrypt(plain);
        expect(own.decrypt(stored)).toBe(plain);
        expect(own.encrypt(plain)).not.toBe(stored);
      }),
    );
  });

  it('encrypts with the first key and decrypts with each', () => {
    const old = cipher(key('old', 1)).encrypt('secret');
    const rotated = cipher(key('new', 2), key('old', 1));
    expect(rotated.decrypt(old)).toBe('secret');
    expect(rotated.encrypt('secret')).toMatch(/^v1\.new\./);
  });

  it('refuses an unknown key and a changed value', () => {
    const stored = cipher(key('a', 1)).encrypt('secret');
    expect(() => cipher(key('b', 1)).decrypt(stored)).toThrow("no key 'a'");
    expect(() => cipher(key('a', 2)).decrypt(stored)).toThrow();
    const parts = stored.split('.');
    parts[3] = `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1) ?? ''}`;
    expect(() => cipher(key('a', 1)).decrypt(parts.join('.'))).toThrow();
    parts[3] = Buffer.alloc(4).toString('base64url');
    expect(() => cipher(key('a', 1)).decrypt(parts.join('.'))).toThrow(/authentication tag/);
  });
});
