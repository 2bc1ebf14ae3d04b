import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleLogger, Controller, Logger, type HttpException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { NoMetrics } from '../common/metrics/delivery-metrics.js';
import { OnlyAsks, Public } from '../common/http/public.js';
import { contextOf, requestContext } from '../common/http/request-context.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { BrowserGuard } from './browser.guard.js';
import { callerOf } from './caller.js';
import { RefusedLogins } from './refused-logins.js';
import { LoopGuard } from './loop.guard.js';

@Controller()
class Closed {}

@Public('metrics')
@Controller()
class Open {}

@Public('health')
@Controller()
class Health {}

/** It would tell of each call that is kept out. */
beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(new ConsoleLogger()));

const KEYS = [
  { name: 'ci', key: '0123456789abcdef' },
  { name: 'other', key: 'fedcba9876543210' },
];

function contextFor(request: object, handler: object = Closed): any {
  const socket = { remoteAddress: '127.0.0.1' };
  const full = { method: 'GET', path: '/api/v1/x', headers: {}, socket, ...request };
  requestContext(full as any, { setHeader: () => undefined } as any, () => undefined);
  return {
    switchToHttp: () => ({ getRequest: () => full }),
    getClass: () => handler,
    getHandler: () => handler,
  };
}

function statusOf(act: () => boolean): number {
  try {
    return act() ? 200 : 500;
  } catch (error) {
    return (error as HttpException).getStatus();
  }
}

const refused = { missing: 0, wrong: 0 };
class CountedLogins extends NoMetrics {
  override loginRefused(reason?: 'missing' | 'wrong'): void {
    if (reason) refused[reason] += 1;
  }
}
const metrics = new CountedLogins();

describe('ApiKeyGuard', () => {
  const guard = (apiKeys: typeof KEYS, publicEndpoints = ['metrics']) =>
    new ApiKeyGuard({ apiKeys, publicEndpoints } as any, new Reflector(), new RefusedLogins(metrics));
  const status = (headers: object, handler?: object) =>
    statusOf(() => guard(KEYS).canActivate(contextFor({ headers }, handler)));

  it('tells in a metric what it refuses, and why', () => {
    const before = { ...refused };
    status({});
    status({ 'x-api-key': 'guess' });
    status({ authorization: 'Bearer guess' });
    expect(refused).toEqual({ missing: before.missing + 1, wrong: before.wrong + 2 });
  });

  it('knows who came with which key', () => {
    const context = contextFor({ headers: { authorization: 'bearer fedcba9876543210' } });
    expect(guard(KEYS).canActivate(context)).toBe(true);
    expect(contextOf(context.switchToHttp().getRequest())).toMatchObject({ caller: 'other' });
  });

  it.each([
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer 0123456789abcde' },
    { authorization: 'Bearer 0123456789abcdef0' },
    { authorization: 'Basic 0123456789abcdef' },
    { 'x-api-key': '' },
    { 'x-api-key': ['0123456789abcdef', 'x'] },
  ])('keeps out %j', (headers) => {
    expect(status(headers)).toBe(401);
  });

  it('is about what is not marked as public, and about what the operator closes', () => {
    expect(status({}, Open)).toBe(200);
    expect(statusOf(() => guard(KEYS, ['health']).canActivate(contextFor({}, Open)))).toBe(401);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS'])(
    'lets a key that may only read do no more: %s',
    (method) => {
      const keys = [KEYS[0]!, { ...KEYS[1]!, readOnly: true }];
      const context = contextFor({ method, headers: { 'x-api-key': KEYS[1]!.key } });
      const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(method);
      expect(statusOf(() => guard(keys).canActivate(context))).toBe(isSafe ? 200 : 403);
      expect(callerOf(context.switchToHttp().getRequest())).toMatchObject({ name: 'other', readOnly: true });
    },
  );

  it('lets a key that may only read ask by POST where that is all it does', () => {
    const asking = (): undefined => undefined;
    OnlyAsks()(asking);
    const keys = [KEYS[0]!, { ...KEYS[1]!, readOnly: true }];
    const ask = (headers: object) =>
      statusOf(() => guard(keys).canActivate(contextFor({ method: 'POST', headers }, asking)));
    expect(ask({ 'x-api-key': KEYS[1]!.key })).toBe(200);
    expect(ask({})).toBe(401);
  });

  it('lets everybody in when there are no keys', () => {
    expect(guard([]).canActivate(contextFor({}))).toBe(true);
  });
});

describe('BrowserGuard', () => {
  const status = (
    request: { headers?: object; method?: string; path?: string; socket?: object },
    config: object = {},
    handler?: object,
  ) =>
    statusOf(() => {
      const options: any = { apiKeys: [], allowAnonymous: false, corsOrigins: [], ...config };
      const headers = { host: 'localhost:8000', ...request.headers };
      return new BrowserGuard(options, new Reflector()).canActivate(
        contextFor({ ...request, headers }, handler),
      );
    });

  it.each(['localhost', 'LOCALHOST:8000', '127.0.0.1:1', '127.1.2.3', '[::1]', '[::1]:8000'])(
    'answers to %s',
    (host) => {
      expect(status({ headers: { host } })).toBe(200);
    },
  );

  it.each([
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'localhost:8000:1',
  ])('does not answer to "%s"', (host) => {
    expect(status({ headers: { host } })).toBe(403);
  });

  const FOREIGN = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];

  it.each(FOREIGN)('lets a page of elsewhere read at most: %j', (headers) => {
    expect(status({ headers, method: 'POST' })).toBe(403);
    expect(status({ headers, method: 'GET' })).toBe(200);
  });

  it.each(FOREIGN)('does so in an anonymous service, too: %j', (headers) => {
    const foreign = { ...headers, host: 'hooks.example' };
    expect(status({ headers: foreign, method: 'DELETE' }, { allowAnonymous: true })).toBe(403);
  });

  it.each([
    {},
    { origin: 'http://localhost:8000' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://behind-a-proxy.example' },
    { 'sec-fetch-site': 'none' },
  ])('lets programs and its own pages change things: %j', (headers) => {
    expect(status({ headers, method: 'POST' })).toBe(200);
  });

  it('lets pages of listed origins change things, and of no others', () => {
    const config = { corsOrigins: ['https://app.example'] };
    const from = (origin: string) => ({
      headers: { origin, 'sec-fetch-site': 'cross-site' },
      method: 'POST',
    });
    expect(status(from('https://app.example'), config)).toBe(200);
    expect(status(from('https://app.example.evil.example'), config)).toBe(403);
    expect(status({ headers: { 'sec-fetch-site': 'cross-site' }, method: 'POST' }, config)).toBe(403);
  });

  it('leaves foreign hosts to the keys, if there are any, and to the operator who lets everybody in', () => {
    const headers = { host: 'hooks.example', origin: 'https://hooks.example' };
    expect(status({ headers, method: 'POST' }, { apiKeys: KEYS })).toBe(200);
    expect(status({ headers: { host: 'hooks.example' }, method: 'POST' }, { allowAnonymous: true })).toBe(
      200,
    );
  });

  it('answers health checks whatever they call the host, and nothing that is only called like one', () => {
    const elsewhere = { headers: { host: '10.0.0.1' } };
    expect(status(elsewhere, {}, Health)).toBe(200);
    expect(status({ ...elsewhere, path: '/health/webhooks' })).toBe(403);
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('answers to %s', (remoteAddress) => {
    expect(status({ socket: { remoteAddress } })).toBe(200);
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '2001:db8::1:127.0.0.1', undefined])(
    'does not answer to %s, whatever Host it says, unless everybody was let in',
    (remoteAddress) => {
      expect(status({ socket: { remoteAddress } })).toBe(403);
      expect(status({ socket: { remoteAddress } }, { allowAnonymous: true })).toBe(200);
    },
  );
});

describe('LoopGuard', () => {
  const status = (method: string, headers: object) =>
    statusOf(() => new LoopGuard().canActivate(contextFor({ method, headers })));

  it.each([
    { 'user-agent': 'Basset-Hound-Webhooks/0.1.0' },
    { 'user-agent': 'basset-hound-webhooks/9.9.9 via proxy' },
    { 'x-webhook-delivery': 'd-1' },
    { 'x-webhook-attempt': '1' },
    { 'webhook-id': '' },
    { 'user-agent': 'curl/8', 'webhook-id': 'e-1' },
  ])('answers 508 to what comes from a delivery: %j', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(status(method, headers)).toBe(508);
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(status(method, headers)).toBe(200);
  });

  it.each([{}, { 'user-agent': 'my-Basset-Hound-Webhooks/1' }, { 'idempotency-key': 'webhook-id' }])(
    'lets others pass: %j',
    (headers) => {
      expect(status('POST', headers)).toBe(200);
    },
  );
});
