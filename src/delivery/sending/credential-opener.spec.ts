import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CredentialOpener, SecretCipher } from './secret-cipher.js';

const cipher = new SecretCipher({ secretsKeys: [{ id: 'k', key: Buffer.alloc(32) }] } as any);
const sealed = (secret: string): any => ({
  secrets: [{ sealed: cipher.encrypt(secret), until: Infinity }],
  headers: null,
  formatSecrets: null,
});

describe('CredentialOpener', () => {
  it('opens once for the attempts of a turn, each webhook for itself', () => {
    const opener = new CredentialOpener(cipher);
    const [one, two] = [sealed('one'), sealed('two')];
    const opened = opener.open(one, 0);
    expect(opened.secrets).toEqual(['one']);
    expect(opener.open(one, 0)).toBe(opened);
    expect(opener.open(two, 0).secrets).toEqual(['two']);
  });

  it('keeps nothing beyond the turn', async () => {
    const opener = new CredentialOpener(cipher);
    const one = sealed('one');
    const opened = opener.open(one, 0);
    await turn();
    expect(opener.open(one, 0)).not.toBe(opened);
  });

  it('leaves out a former secret whose time is over', () => {
    const former: any = {
      secrets: [{ sealed: cipher.encrypt('old'), until: 1000 }],
      headers: null,
      formatSecrets: null,
    };
    expect(new CredentialOpener(cipher).open(former, 999).secrets).toEqual(['old']);
    expect(new CredentialOpener(cipher).open(former, 1000).secrets).toEqual([]);
  });
});
