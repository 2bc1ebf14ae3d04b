import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { verify } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { bodySignature, signatureHeaders, signingKey, standardSignature, verifySignature } from './signer.js';

interface VectorCase {
  readonly name: string;
  readonly secret: string;
  readonly body: string;
  readonly webhook_id: string;
  readonly webhook_timestamp: number;
  readonly x_webhook_signature: string;
  readonly webhook_signature: string;
}

const { cases } = JSON.parse(readFileSync('test/support/vectors/signatures.json', 'utf8')) as {
  cases: VectorCase[];
};
const NOW = 1_795_519_791;

describe('the signatures', () => {
  it.each(cases.map((vector) => [vector.name, vector] as const))('equal the vectors: %s', (_, vector) => {
    const body = Buffer.from(vector.body);
    expect(bodySignature(vector.secret, body)).toBe(vector.x_webhook_signature);
    const signable = { id: vector.webhook_id, timestamp: vector.webhook_timestamp, body };
    expect(standardSignature(vector.secret, signable)).toBe(vector.webhook_signature);
  });

  it('are verified by independent libraries, whatever the secret and the body', async () => {
    const secret = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => !text.startsWith('whsec_'));
    await fc.assert(
      fc.asyncProperty(secret, fc.json(), async (key, text) => {
        const body = Buffer.from(text);
        const timestamp = Math.floor(Date.now() / 1000);
        const headers = signatureHeaders([key], { id: 'e', timestamp, body });
        const standard = new StandardWebhook(Buffer.from(key, 'utf8').toString('base64'));
        const sent = { 'webhook-id': 'e', 'webhook-timestamp': String(timestamp), ...headers };
        standard.verify(body.toString('utf8'), sent);
        expect(await verify(key, body.toString('utf8'), headers['X-Webhook-Signature'] ?? '')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['whsec_dGVzdA==', 'whsec_dGVzdA', 'whsec_dGVzdDE=', 'whsec_dGVzdDE'])(
    'take %s for base64, padded or not, as the reference library does',
    (secret) => {
      const signable = { id: 'e', timestamp: NOW, body: Buffer.from('{}') };
      const expected = new StandardWebhook(secret).sign('e', new Date(NOW * 1000), '{}');
      expect(standardSignature(secret, signable)).toBe(expected);
    },
  );

  it.each(['whsec_', 'whsec_dGVzd', 'whsec_ab_-', 'whsec_!!'])(
    'take %s, which is no base64, as it is written',
    (secret) => {
      expect(signingKey(secret)).toEqual(Buffer.from(secret));
    },
  );

  it('are none without a secret', () => {
    expect(signatureHeaders([], { id: 'e', timestamp: NOW, body: Buffer.from('') })).toEqual({});
  });

  it('are two during a rotation, the newest first', () => {
    const signable = { id: 'e', timestamp: NOW, body: Buffer.from('{}') };
    const headers = signatureHeaders(['new', 'old'], signable);
    expect(headers['webhook-signature']).toBe(
      `${standardSignature('new', signable)} ${standardSignature('old', signable)}`,
    );
    expect(headers['X-Webhook-Signature']).toBe(bodySignature('new', signable.body));
  });
});

describe('verifySignature', () => {
  const body = Buffer.from('{"a":1}');
  const signed = (secret: string, timestamp = NOW): Record<string, string> => {
    const headers = signatureHeaders([secret], { id: 'e', timestamp, body });
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { 'webhook-id': 'e', 'webhook-timestamp': String(timestamp), ...Object.fromEntries(lower) };
  };
  const check = (headers: Record<string, string>, change = {}): boolean =>
    verifySignature({ headers, body, secret: 's', nowMs: NOW * 1000, ...change });

  it('accepts what was signed, also by a former secret', () => {
    expect(check(signed('s'))).toBe(true);
    const both = signed('s');
    both['webhook-signature'] = `v1,AAAA ${both['webhook-signature'] ?? ''}`;
    expect(check(both)).toBe(true);
  });

  it('refuses another secret, body, id or time, and what is too old', () => {
    expect(check(signed('other'))).toBe(false);
    expect(check(signed('s'), { body: '{"a":2}' })).toBe(false);
    expect(check({ ...signed('s'), 'webhook-id': 'f' })).toBe(false);
    expect(check({ ...signed('s'), 'webhook-timestamp': String(NOW + 1) })).toBe(false);
    expect(check(signed('s', NOW - 301))).toBe(false);
    expect(check(signed('s', NOW - 301), { toleranceSeconds: 400 })).toBe(true);
    expect(check({})).toBe(false);
  });

  it('accepts what was signed, and not when any part of it was changed, whatever it was', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const parts = fc.record({
      secret: text,
      body: fc.uint8Array({ minLength: 1, maxLength: 100 }),
      id: fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
    });
    fc.assert(
      fc.property(parts, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, mask) => {
        const bytes = Buffer.from(given.body);
        const headers = signatureHeaders([given.secret], { id: given.id, timestamp: NOW, body: bytes });
        const signature = headers['webhook-signature'] ?? '';
        const sent = {
          'webhook-id': given.id,
          'webhook-timestamp': String(NOW),
          'webhook-signature': signature,
        };
        const is = (change: Record<string, string>, more: object = {}): boolean =>
          verifySignature({
            headers: { ...sent, ...change },
            body: bytes,
            secret: given.secret,
            nowMs: NOW * 1000,
            ...more,
          });
        expect(is({})).toBe(true);
        const changed = Buffer.from(bytes);
        changed[at % changed.length]! ^= mask;
        expect(is({}, { body: changed })).toBe(false);
        expect(is({}, { secret: `${given.secret}x` })).toBe(false);
        expect(is({ 'webhook-id': `${given.id}x` })).toBe(false);
        expect(is({ 'webhook-timestamp': String(NOW + 1 + (at % 200)) })).toBe(false);
        const digest = Buffer.from(signature.slice(3), 'base64');
        digest[at % digest.length]! ^= mask;
        expect(is({ 'webhook-signature': `v1,${digest.toString('base64')}` })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('accepts nothing when the tolerance is not a number', () => {
    expect(check(signed('s'), { toleranceSeconds: Number('five') })).toBe(false);
  });

  it('does not work without a secret, with which anybody could sign', () => {
    expect(() => check(signed(''), { secret: '' })).toThrow(TypeError);
  });

  it('takes X-Webhook-Signature, which has no time, only where the time does not matter', () => {
    const plain = { 'x-webhook-signature': bodySignature('s', body) };
    expect(check(plain)).toBe(false);
    expect(check(plain, { toleranceSeconds: Infinity })).toBe(true);
    expect(check({ 'x-webhook-signature': bodySignature('t', body) }, { toleranceSeconds: Infinity })).toBe(
      false,
    );
  });
});
