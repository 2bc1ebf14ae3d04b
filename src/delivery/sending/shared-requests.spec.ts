import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { attempt, closeAll, receive, sender } from '../../../test/support/outbound.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { Format, Interpretation } from '../../formats/format.js';
import type { Grouping } from '../model/endpoint.js';
import type { Fate } from './group-request.js';
import { SecretCipher } from './secret-cipher.js';

const cipher = new SecretCipher({
  ...DEFAULT_OPTIONS,
  secretsKeys: [{ id: 'k', key: Buffer.alloc(32) }],
});
const request = (url: string, said: unknown) => ({
  ...{ method: 'POST' as const, url, headers: { 'Content-Type': 'application/json' }, truncated: false },
  body: Buffer.from(JSON.stringify(said)),
});

/** Says names, and reads the answer as words: one for all, or one for each with `-` for nothing. */
const format = {
  name: 'made_up',
  signed: false,
  render: ({ data }, _, { url }) => {
    if (data['name'] === 'broken') throw new Error('no message');
    return request(url, [data['name']]);
  },
  interpret: ({ body }) => ({ outcome: body as Interpretation['outcome'] }),
  batch: {
    maxBytes: 1000,
    maxEvents: () => 10,
    join: (requests) => {
      const names = requests.flatMap(({ body }) => JSON.parse(body.toString()) as string[]);
      if (names.includes('unjoinable')) throw new Error('cannot be joined');
      return request(requests[0]!.url, names);
    },
    interpret: ({ body }) => {
      if (body === 'throw') throw new Error('must not happen');
      const words = body.split(' ');
      const each = words.map((word) =>
        word === '-' ? undefined : { outcome: word as Interpretation['outcome'], reason: `said ${word}` },
      );
      return words.length === 1 ? each[0]! : each;
    },
  },
  renderDigest: (events, _, { url }) => request(url, { told: events.length }),
} as Partial<Format> as Format;

const BATCH: Grouping = { kind: 'batch', atLeast: 2, atMost: 10, maxBytes: 1000 };
const DIGEST: Grouping = { ...BATCH, kind: 'digest' };

async function exchange(
  names: readonly string[],
  answer: string,
  grouping = BATCH,
): Promise<{ fates: readonly Fate[]; bodies: unknown[] }> {
  const receiver = await receive([{ status: 200, body: answer }]);
  const secrets = { url: receiver.url('/hooks/planted-tail'), options: {} };
  const given = attempt('http://127.0.0.1/hooks/***', {
    rendering: { format, options: {}, grouping },
    formatSecrets: cipher.encrypt(JSON.stringify(secrets)),
  });
  const attempts = names.map((name) => {
    const body = {
      event: 'entity.created',
      timestamp: '2026-01-01T00:00:00Z',
      project_id: null,
      data: { name },
    };
    return { ...given, body: Buffer.from(name === 'no json' ? '{' : JSON.stringify(body)) };
  });
  const fates = await firstValueFrom((await sender()).sendTogether(attempts, grouping));
  return { fates, bodies: receiver.requests.map(({ json }) => json) };
}

const words = (fates: readonly Fate[]): unknown[] =>
  fates.map((fate) => (typeof fate === 'string' ? fate : fate.interpretation?.outcome));

afterEach(closeAll);

describe('a request that several deliveries share', () => {
  it('is one, and each is taken by its own word', async () => {
    const { fates, bodies } = await exchange(['a', 'b', 'c'], 'success rejected -');
    expect(bodies).toEqual([['a', 'b', 'c']]);
    expect(words(fates)).toEqual(['success', 'rejected', 'again']);
    expect(fates[0]).toMatchObject({ responseCode: 200, errorMessage: null, startedAt: expect.any(String) });
    expect(fates[1]).toMatchObject({ errorMessage: 'said rejected', errorCode: 'http' });
  });

  it('goes without those of which the format can make nothing', async () => {
    const { fates, bodies } = await exchange(['a', 'broken', 'no json', 'b'], 'success success');
    expect(bodies).toEqual([['a', 'b']]);
    expect(words(fates)).toEqual(['success', 'rejected', 'rejected', 'success']);
    expect(fates[1]).toMatchObject({
      responseCode: null,
      errorCode: 'not_rendered',
      errorMessage: 'no message',
    });
  });

  it.each<[string, string, unknown[]]>([
    ['is refused as a whole', 'rejected', ['split', 'split']],
    ['must wait as a whole', 'throttled', ['throttled', 'throttled']],
    ['gets an answer that settles nothing', '- -', ['retry', 'retry']],
    ['is blocked for some, while others arrive', 'success blocked', ['success', 'retry']],
    ['is blocked for some, and nothing arrives', 'rejected blocked', ['rejected', 'blocked']],
    ['gets an answer that is too short', 'success -', ['success', 'again']],
    ['gets an answer at which the format throws', 'throw', ['success', 'success']],
  ])('that %s', async (_, answer, expected) => {
    expect(words((await exchange(['a', 'b'], answer)).fates)).toEqual(expected);
  });

  it('is not made where it cannot be joined, nor where nothing is left', async () => {
    const unjoinable = await exchange(['a', 'unjoinable'], 'success');
    expect(unjoinable).toEqual({ fates: ['split', 'split'], bodies: [] });
    const broken = await exchange(['broken', 'broken'], 'success');
    expect([words(broken.fates), broken.bodies]).toEqual([['rejected', 'rejected'], []]);
  });

  it('may be one message about all of them', async () => {
    const { fates, bodies } = await exchange(['a', 'b', 'c'], 'success', DIGEST);
    expect([words(fates), bodies]).toEqual([['success', 'success', 'success'], [{ told: 3 }]]);
    expect(words((await exchange(['a', 'b'], 'rejected', DIGEST)).fates)).toEqual(['split', 'split']);
  });

  it('keeps a little of a long answer with each that arrived, and shows no secret', async () => {
    const long = `success rejected ${'- '.repeat(500)}/hooks/planted-tail`;
    const { fates } = await exchange(['a', 'b'], long);
    const bodies = fates.map((fate) => (typeof fate === 'string' ? '' : (fate.responseBody ?? '')));
    expect(bodies.map(({ length }) => length)).toEqual([128, 1024]);
    expect(JSON.stringify(fates)).not.toContain('planted');
  });
});
