import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { attempt, closeAll, receive, sender, type GivenEndpoint } from '../../../test/support/outbound.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { Format } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import { type FormatSecrets, SecretCipher } from './secret-cipher.js';

const BODY =
  '{"event":"entity.created","timestamp":"2026-01-01T00:00:00Z","project_id":"p","data":{"name":"Jane"}}';
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const cipher = new SecretCipher({
  ...DEFAULT_OPTIONS,
  secretsKeys: [{ id: 'k', key: Buffer.alloc(32) }],
});

/** Says the name in `data` to a receiver that answers in words. */
const format: Pick<Format, 'name' | 'signed' | 'render' | 'interpret'> = {
  name: 'made_up',
  signed: false,
  render: ({ id, event, projectId, data }, options, webhook) => {
    if (data['name'] === 'broken')
      throw new Error(`no\u202e message\r\nwithout ${String(options['key'])}${'.'.repeat(500)}`);
    const body = JSON.stringify({ id, event, projectId, said: data['name'], key: options['key'] });
    return {
      method: 'PUT',
      url: `${webhook.url}?wait=true`,
      headers: { 'Content-Type': 'application/x-made-up', 'x-own': 'format' },
      body: Buffer.from(body),
      truncated: false,
    };
  },
  interpret: ({ body, headers }) => {
    if (body === 'throw') throw new Error('must not happen');
    if (body === 'ok') return { outcome: 'success', waitSeconds: Number(headers['x-wait'] ?? 0) };
    return { outcome: 'rejected', reason: `Made up: ${body}` };
  },
};

async function exchange(
  answer: { status?: number; body?: string; headers?: Record<string, string> },
  {
    body = BODY,
    signed = false,
    secretParts = (url) => ({ url: url('/hooks/planted-tail'), options: { key: 'planted-key' } }),
    ...endpoint
  }: GivenEndpoint & {
    body?: string;
    signed?: boolean;
    secretParts?: (url: (path: string) => string) => FormatSecrets;
  } = {},
): Promise<{ result: AttemptResult; got: any }> {
  const receiver = await receive([{ status: 200, ...answer }]);
  const secrets = secretParts((path) => receiver.url(path));
  const given = attempt('http://127.0.0.1/hooks/***', {
    rendering: { format: { ...format, signed } as Format, options: {}, grouping: null },
    formatSecrets: cipher.encrypt(JSON.stringify(secrets)),
    ...endpoint,
  });
  const result = await firstValueFrom(
    (await sender()).send({ ...given, traceparent: TRACE, body: Buffer.from(body) }),
  );
  return { result, got: receiver.requests[0] };
}

afterEach(closeAll);

describe('an attempt through a format', () => {
  it('sends what the format renders, to the true URL, with the secret options', async () => {
    const { got, result } = await exchange({ body: 'ok' });
    expect([got.method, got.path]).toEqual(['PUT', '/hooks/planted-tail?wait=true']);
    expect(JSON.parse(got.body.toString())).toEqual({
      ...{ id: 'event-1', event: 'entity.created', projectId: 'p', said: 'Jane', key: 'planted-key' },
    });
    expect(result).toMatchObject({ responseCode: 200, errorMessage: null, errorCode: null });
  });

  it('lets the headers of the format take the place of the own ones, whatever their case', async () => {
    const headers = { 'X-Own': 'webhook', Authorization: 'Splunk t', 'X-Team': 'a' };
    const { got } = await exchange({ body: 'ok' }, { headers, secrets: ['s'] });
    expect(got.headers).toMatchObject({
      'content-type': 'application/x-made-up',
      'x-own': 'format',
      authorization: 'Splunk t',
      'x-team': 'a',
    });
    expect(Object.keys(got.headers).filter((name) => /webhook|trace/.test(name))).toEqual([]);
  });

  it('signs what was rendered, where the receiver can use that', async () => {
    const { got } = await exchange({ body: 'ok' }, { secrets: ['s'], signed: true });
    expect(got.headers).toMatchObject({
      ...{ 'webhook-id': 'event-1', 'x-webhook-attempt': '2', traceparent: TRACE },
    });
    expect(got.headers['x-webhook-signature']).toMatch(/^sha256=/);
  });

  it('takes the answer as the format does, headers included', async () => {
    const { result } = await exchange({ body: 'ok', headers: { 'X-Wait': '7' } });
    expect(result.interpretation).toMatchObject({ outcome: 'success', waitSeconds: 7 });
  });

  it('is no success where the format says so, and shows no secret that the receiver quotes', async () => {
    const { result } = await exchange({ body: 'no planted-key at planted%2Dtail' });
    expect(result).toMatchObject({
      responseCode: 200,
      responseBody: 'no *** at ***',
      errorMessage: 'Made up: no *** at ***',
      errorCode: 'http',
      interpretation: { outcome: 'rejected' },
    });
  });

  it('leaves the words of an answer that read like a secret option or a part of the URL', async () => {
    const body = '{"topic":"word","title":"a word","path":"/hooks/t/word?y"}';
    const secrets = { url: '', options: { topic: 'word' } };
    const { result } = await exchange(
      { body },
      { secretParts: (url) => ({ ...secrets, url: url('/hooks/t/x') }) },
    );
    expect(result.responseBody).toBe('{"topic":"***","title":"a word","path":"/hooks/***/***?y"}');
  });

  it('shows nothing of a secret in whose middle the answer was cut', async () => {
    const { result } = await exchange({ body: `${'~'.repeat(1017)}lanted-tail` });
    expect(result.responseBody).toBe(`${'~'.repeat(1017)}***`);
    const spaces = ' '.repeat(1017);
    const { result: said } = await exchange({ body: `${spaces}lanted-tail` });
    expect(said.errorMessage).toBe('Made up: ***');
  });

  it('goes by the status when a format throws over an answer', async () => {
    const { result } = await exchange({ status: 403, body: 'throw' });
    expect(result.interpretation).toMatchObject({ outcome: 'blocked', reason: 'HTTP 403' });
  });

  it('ends as rejected, unsent and with the reason, when the format throws over an event', async () => {
    const { result, got } = await exchange({}, { body: BODY.replace('Jane', 'broken') });
    expect(got).toBeUndefined();
    expect(result).toMatchObject({
      responseCode: null,
      errorMessage: `no message without ***${'.'.repeat(277)}…`,
      errorCode: 'not_rendered',
      interpretation: { outcome: 'rejected' },
    });
  });
});
