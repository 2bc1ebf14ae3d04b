import { lookup } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Global, HttpCode, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { attempt, closeAll, receive } from '../../../test/support/outbound.js';
import { Clock, SystemClock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { DestinationGuard } from './destination-guard.js';
import { OwnEndpoints } from './own-endpoints.js';
import { Sender } from './sender.js';
import { SendingModule } from './sending.module.js';

const LOOPBACK = ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1'];
const ofThisMachine = Object.values(networkInterfaces())
  .flat()
  .map((found) => found!.address);

async function isOwn(own: string, address: string, port = 8000): Promise<boolean> {
  const endpoints = new OwnEndpoints();
  endpoints.register(own, 8000);
  return (await endpoints.at(port, lookup))(address);
}

describe('OwnEndpoints', () => {
  it.each(LOOPBACK)('knows %s for what listens on the loopback, whatever its name', async (address) => {
    for (const own of ['127.0.0.1', '::1', 'localhost', 'LOCALHOST', '0.0.0.0', '::'])
      expect(await isOwn(own, address)).toBe(true);
  });

  it.each(ofThisMachine)('knows %s for what listens everywhere', async (address) => {
    expect(await isOwn('0.0.0.0', address)).toBe(true);
    expect(await isOwn('::', address)).toBe(true);
  });

  it('tells other ports, other addresses and other machines from its own', async () => {
    expect(await isOwn('127.0.0.1', '127.0.0.1', 8001)).toBe(false);
    expect(await isOwn('127.0.0.1', '10.0.0.7')).toBe(false);
    expect(await isOwn('10.0.0.7', '10.0.0.7')).toBe(true);
    expect(await isOwn('10.0.0.7', '::ffff:10.0.0.7')).toBe(true);
    expect(await isOwn('10.0.0.7', '10.0.0.8')).toBe(false);
    expect(await isOwn('10.0.0.7', '127.0.0.1')).toBe(false);
    expect(await isOwn('0.0.0.0', '203.0.113.99')).toBe(false);
  });

  it('does without a name that nobody knows', async () => {
    expect(await isOwn('nowhere.invalid', '127.0.0.1')).toBe(false);
  });
});

describe('DestinationGuard', () => {
  const guard = new DestinationGuard({
    ...DEFAULT_OPTIONS,
    allowedNetworks: ['127.0.0.0/8', '::1/128', '10.0.0.0/8'],
    neo4j: { uri: 'neo4j://10.0.0.7', user: 'neo4j', password: '' },
  });
  guard.registerOwnEndpoint('127.0.0.1', 8000);
  guard.registerOwnEndpoint('[::1]', 80);
  guard.registerOwnEndpoint('graph.example', 7474);

  it.each([
    'http://127.0.0.1:8000/api/v1/events',
    'http://2130706433:8000/',
    'http://LOCALHOST.:8000/',
    'http://[::1]:8000/',
    'http://[::1]/',
    'http://10.0.0.7:7687/',
    'http://10.0.0.7:7474/db/neo4j/tx/commit',
    'https://10.0.0.7:7473/',
    'http://Graph.Example:7474/',
  ])('refuses %s although its network is allowed', (url) => {
    expect(() => {
      guard.check(url);
    }).toThrow("it is the service's own");
  });

  it.each(['http://127.0.0.1:8001/', 'https://[::1]/', 'http://10.0.0.8:7474/', 'http://10.0.0.7:8000/'])(
    'lets %s pass',
    (url) => {
      expect(() => {
        guard.check(url);
      }).not.toThrow();
    },
  );
});

@Controller()
class Emit {
  called = 0;

  @Post('events')
  @HttpCode(202)
  emit(): void {
    this.called += 1;
  }
}

describe('an application that listens', () => {
  afterEach(closeAll);

  it('is never called by its own webhooks, neither by address nor by name; others are', async () => {
    const options: WebhooksOptions = { ...DEFAULT_OPTIONS, allowedNetworks: ['127.0.0.0/8', '::1/128'] };
    const secretsKeys = [{ id: 'k', key: Buffer.alloc(32) }];
    const provided = [
      { provide: WEBHOOKS_OPTIONS, useValue: { ...options, secretsKeys } },
      { provide: Clock, useClass: SystemClock },
    ];
    @Global()
    @Module({ providers: provided, exports: [WEBHOOKS_OPTIONS, Clock] })
    class Settings {}
    const imports = [Settings, SendingModule];
    const module = await Test.createTestingModule({ imports, controllers: [Emit] }).compile();
    const app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const post = (to: string) => firstValueFrom(app.get(Sender, { strict: false }).send(attempt(to)));
    try {
      for (const own of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '[::1]')]) {
        expect(await post(`${own}/events`)).toMatchObject({ errorMessage: 'refused by policy' });
      }
      expect(app.get(Emit).called).toBe(0);
      expect(await post((await receive()).url())).toMatchObject({ responseCode: 200 });
    } finally {
      await app.close();
    }
  });
});
