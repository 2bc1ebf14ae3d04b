import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { createReceiver, memorySeen, type ReceiverOptions } from './receiver.js';

const NOW = 1_795_519_791;
const SECRET = 'tour-secret';
const BODY =
  '{"event":"entity.created","timestamp":"2026-11-24T11:29:51.799Z","project_id":null,"data":{"n":1}}';

const { cases } = JSON.parse(readFileSync('test/support/vectors/signatures.json', 'utf8'));

function receiverOf(options: Partial<ReceiverOptions> = {}) {
  return createReceiver({ secrets: [SECRET], now: () => NOW * 1000, ...options });
}

/** Signed by the reference library; it takes the key as base64. */
function signed(body = BODY, { secret = SECRET, at = NOW } = {}): Record<string, string> {
  const standard = new StandardWebhook(Buffer.from(secret).toString('base64'));
  return {
    'webhook-id': 'evt-1',
    'webhook-timestamp': String(at),
    'webhook-signature': standard.sign('evt-1', new Date(at * 1000), body),
  };
}

const bare = (body = BODY, secret = SECRET): Record<string, string> => ({
  'X-Webhook-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a receiver', () => {
  it.each(cases.map((vector: any) => [vector.name, vector]))(
    'takes the vectors: %s',
    async (_, vector: any) => {
      const receiver = receiverOf({ secrets: [vector.secret], legacy: true });
      const standard = {
        'webhook-id': vector.webhook_id,
        'webhook-timestamp': String(vector.webhook_timestamp),
        'webhook-signature': vector.webhook_signature,
      };
      const legacy = { 'x-webhook-signature': vector.x_webhook_signature };
      const { id, type } = await receiver.verify({ headers: standard, body: vector.body });
      expect([id, type]).toEqual([vector.webhook_id, JSON.parse(vector.body).event]);
      const event = await receiver.verify({ headers: legacy, body: Buffer.from(vector.body) });
      expect([event.id, event.timestamp]).toEqual([vector.x_webhook_signature, null]);
    },
  );

  it('takes what independent libraries signed, whatever the secret, the body and the time', async () => {
    const secret = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => !text.startsWith('whsec_'));
    const time = fc.integer({ min: 0, max: 4_000_000_000 });
    await fc.assert(
      fc.asyncProperty(secret, fc.json(), time, async (key, body, at) => {
        const receiver = receiverOf({ secrets: ['other', key], legacy: true, now: () => at * 1000 });
        const event = await receiver.verify({ headers: signed(body, { secret: key, at }), body });
        expect([event.timestamp?.getTime(), event.payload]).toEqual([at * 1000, JSON.parse(body)]);
        const headers = { 'x-webhook-signature': await sign(key, body) };
        expect(await codeOf(receiver.verify({ headers, body }))).toBe('accepted');
      }),
      { numRuns: 50 },
    );
  });

  it('tells the whole event', async () => {
    const headers = { ...signed(), 'X-Webhook-Delivery': 'd-1', 'X-Webhook-Attempt': '3' };
    expect(await receiverOf().verify({ headers, body: BODY })).toEqual({
      id: 'evt-1',
      timestamp: new Date(NOW * 1000),
      attempt: 3,
      delivery: 'd-1',
      type: 'entity.created',
      payload: JSON.parse(BODY),
      raw: new Uint8Array(Buffer.from(BODY)),
    });
  });

  it.each<[string, any]>([
    ['a string', BODY],
    ['a Buffer', Buffer.from(BODY)],
    ['a view into a larger buffer', Buffer.from(`__${BODY}__`).subarray(2, -2)],
    ['an ArrayBuffer', new TextEncoder().encode(BODY).buffer],
  ])('takes the body as %s', async (_, body) => {
    expect(await codeOf(receiverOf().verify({ headers: new Headers(signed()), body }))).toBe('accepted');
  });

  it('takes any of its secrets, and any of several signatures', async () => {
    const former = signed(BODY, { secret: 'former' });
    const rotated = `${former['webhook-signature']} v1a,xx v1,!! ${signed()['webhook-signature']}`;
    const headers = { ...signed(), 'webhook-signature': rotated };
    expect(await codeOf(receiverOf().verify({ headers, body: BODY }))).toBe('accepted');
    const both = receiverOf({ secrets: [SECRET, 'former'] });
    expect(await codeOf(both.verify({ headers: former, body: BODY }))).toBe('accepted');
  });

  it.each<[string, Record<string, string>, unknown, string]>([
    ['no headers', {}, BODY, 'missing_headers'],
    ['X-Webhook-Signature alone', bare(), BODY, 'missing_headers'],
    ['no id', { ...signed(), 'webhook-id': undefined as never }, BODY, 'missing_headers'],
    ['an id that was changed', { ...signed(), 'webhook-id': 'evt-2' }, BODY, 'wrong_signature'],
    ['a body that was changed', signed(), `${BODY} `, 'wrong_signature'],
    ['another secret', signed(BODY, { secret: 'x' }), BODY, 'wrong_signature'],
    [
      'no version',
      { ...signed(), 'webhook-signature': signed()['webhook-signature']!.slice(3) },
      BODY,
      'wrong_signature',
    ],
    ['an old request', signed(BODY, { at: NOW - 301 }), BODY, 'timestamp_out_of_range'],
    ['one of the future', signed(BODY, { at: NOW + 301 }), BODY, 'timestamp_out_of_range'],
    ['a time that is none', { ...signed(), 'webhook-timestamp': '1e9' }, BODY, 'timestamp_out_of_range'],
    ['a parsed body', signed(), JSON.parse(BODY), 'body_already_parsed'],
    ['no body', signed(), undefined, 'body_already_parsed'],
    ['no JSON', signed('{'), '{', 'malformed'],
    ['no UTF-8', signed(), Buffer.from([0xff]), 'wrong_signature'],
  ])('refuses %s', async (_, headers, body, code) => {
    expect(await codeOf(receiverOf().verify({ headers, body: body as string }))).toBe(code);
  });

  it('takes X-Webhook-Signature alone only when told to, and not beside a wrong standard signature', async () => {
    const receiver = receiverOf({ legacy: true });
    expect(await codeOf(receiver.verify({ headers: bare(), body: BODY }))).toBe('accepted');
    expect(await codeOf(receiver.verify({ headers: bare(BODY, 'x'), body: BODY }))).toBe('wrong_signature');
    const old = { ...bare(), ...signed(BODY, { at: NOW - 999 }) };
    expect(await codeOf(receiver.verify({ headers: old, body: BODY }))).toBe('timestamp_out_of_range');
  });

  it.each([[[]], [['']], [[undefined as never]], [['whsec_']], [['whsec_!!']]])(
    'is not made with the secrets %j',
    (secrets) => {
      expect(() => createReceiver({ secrets })).toThrow(TypeError);
    },
  );
});

describe('the answer of a receiver', () => {
  const request = { headers: signed(), body: BODY };

  it('is 204 when the handler is done, 500 when it throws, which is told', async () => {
    const told: unknown[] = [];
    const receiver = receiverOf({ onError: (error) => told.push(error) });
    expect(await receiver.handle(request, async () => 'ignored')).toEqual({ status: 204, body: null });
    const failed = await receiver.handle(request, () => {
      throw new Error('the database at 10.0.0.3 is away');
    });
    expect(failed).toMatchObject({ status: 500, body: { error: 'handler_failed' } });
    expect(JSON.stringify(failed)).not.toContain('10.0.0.3');
    expect(told).toHaveLength(1);
  });

  it('calls the handler once for an event, again after a failure', async () => {
    const receiver = receiverOf({ seen: memorySeen(), onError: () => undefined });
    let calls = 0;
    const handler = async (): Promise<void> => {
      if ((calls += 1) === 1) throw new Error('no');
    };
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await receiver.handle(request, handler)).status);
    expect([statuses, calls]).toEqual([[500, 204, 204, 204], 2]);
  });

  it('lets a repeat wait for the first one, which still runs', async () => {
    const receiver = receiverOf({ seen: memorySeen() });
    let calls = 0;
    let finish = (): void => undefined;
    const handler = (): Promise<void> => {
      calls += 1;
      return new Promise((resolve) => (finish = resolve));
    };
    const answers = [receiver.handle(request, handler), receiver.handle(request, handler)];
    while (calls === 0) await new Promise(setImmediate);
    finish();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([204, 204]);
    expect(calls).toBe(1);
  });

  it('remembers no more than it was told to', () => {
    const seen = memorySeen(2);
    for (const id of ['a', 'b', 'c']) seen.add(id);
    expect(['a', 'b', 'c'].map((id) => seen.has(id))).toEqual([false, true, true]);
  });
});
