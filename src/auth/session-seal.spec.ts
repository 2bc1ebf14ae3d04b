import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/clock.js';
import { SessionSeal } from './session-seal.js';

const key = (fill: number) => ({ id: `k${fill}`, key: Buffer.alloc(32, fill) });
const clock = new ManualClock();
const sealOf = (fill = 1, publicUrl?: string): SessionSeal =>
  new SessionSeal({ secretsKeys: [key(fill)], publicUrl } as any, clock);
const session = (ms = 60_000) => ({ digest: 'ZGlnZXN0', expiresAt: clock.now() + ms });
const valueOf = (cookie: string): string => /^[^;]*/.exec(cookie)![0];

describe('SessionSeal', () => {
  it('gives a cookie that no script reads and no other site sends', () => {
    expect(sealOf().cookie(session())).toMatch(
      /^basset_session=[\w-]+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=60$/,
    );
    expect(sealOf(1, 'https://hooks.example').cookie(session())).toMatch(
      /^__Host-basset_session=[\w-]+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=60; Secure$/,
    );
    expect(sealOf().noCookie()).toMatch(/^basset_session=; .*Max-Age=0$/);
  });

  it('reads what it sealed, among other cookies and on another instance, and never tells the digest', () => {
    const given = session();
    const cookie = valueOf(sealOf().cookie(given));
    expect(sealOf().read(`a=b; basset_session=old; ${cookie}; c`)).toEqual(given);
    expect(Buffer.from(cookie, 'base64').toString('latin1')).not.toContain(given.digest);
    expect(valueOf(sealOf().cookie(given))).not.toBe(cookie);
  });

  it('reads nothing that is over, of another key, or was changed', () => {
    const good = valueOf(sealOf().cookie(session()));
    expect(sealOf().read(valueOf(sealOf().cookie(session(0))))).toBeUndefined();
    expect(sealOf(2).read(good)).toBeUndefined();
    const sealed = good.slice('basset_session='.length);
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character may hold bits that no byte has.
      if (Buffer.from(changed, 'base64url').equals(Buffer.from(sealed, 'base64url'))) continue;
      expect(sealOf().read(`basset_session=${changed}`)).toBeUndefined();
    }
  });

  it('takes any cookie without failing', () => {
    const seal = sealOf();
    fc.assert(fc.property(fc.string(), (text) => seal.read(`basset_session=${text}`) === undefined));
    fc.assert(fc.property(fc.string(), (text) => seal.read(text) === undefined));
    expect(seal.read(undefined)).toBeUndefined();
    expect(seal.read(`basset_session=${'A'.repeat(100_000)}`)).toBeUndefined();
  });
});
