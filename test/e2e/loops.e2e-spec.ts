import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { setScene } from '../support/scene.js';

const scene = setScene();
let app: TestApp;
let api: Api;
let proxy: Server;
/** Headers that the proxy takes away. */
let strips: RegExp;

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !strips.test(name)));
}

beforeEach(async () => {
  app = await TestApp.start();
  api = new Api(app);
  proxy = createServer((incoming, answer) => {
    const headers = { ...passedOn(incoming.headers), host: new URL(app.url).host };
    const onwards = request(`${app.url}${incoming.url ?? ''}`, { method: 'POST', headers }, (received) => {
      answer.writeHead(received.statusCode ?? 500);
      received.pipe(answer);
    });
    incoming.pipe(onwards);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
afterEach(async () => {
  await app.close();
  await scene.receiver.close();
  proxy.closeAllConnections();
  proxy.close();
});

describe('a webhook that leads back to the service through a proxy', () => {
  it.each([
    ['that passes everything on', /^$/],
    ['that names itself', /^user-agent$/],
    ['that passes on only what it knows', /^(?:user-agent|x-.*)$/],
    ['that takes away what is standard', /^(?:user-agent|webhook-.*)$/],
  ])('%s is refused, and its event stays one', async (_, stripped) => {
    strips = stripped;
    const { port } = proxy.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/v1/events`;
    await api.createWebhook({ url, events: ['*'], retry_config: { max_retries: 1, initial_delay: 0.1 } });
    const { delivery_ids } = await api.emit();
    expect(await api.untilDelivery(delivery_ids[0]!, 'failed')).toMatchObject({
      response_code: 508,
      error_code: 'http',
      attempts: 2,
    });
    expect(await scene.graph.count('WebhookEvent')).toBe(1);
  });
});
