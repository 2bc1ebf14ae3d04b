import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { BLOCK_EDGES } from '../support/hostile/blocks.js';
import { HOSTILE_URLS, PUBLIC_URLS, type Refusal } from '../support/hostile/destinations.js';

let app: TestApp;
let graph: Graph;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  // No network is allowed: what the service does by default.
  app = await TestApp.start({ env: { ALLOWED_NETWORKS: '' } });
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await graph.close();
});

const create = (url: string, path = '/webhooks') =>
  request(app.server)
    .post(`${API}${path}`)
    .send({ name: 'n', url, events: ['system.health'] });

/** The status, and the types of what is wrong with the url. */
const EXPECTED: Readonly<Record<Refusal, readonly [number, RegExp]>> = {
  'not public': [422, /^destination_refused$/],
  'no url': [422, /^url_(?:parsing|credentials|fragment)$/],
  scheme: [400, /^$/],
};

describe('by default a webhook', () => {
  it.each(HOSTILE_URLS)('to %j is refused: %s', async (url, refusal) => {
    const [status, type] = EXPECTED[refusal];
    for (const path of ['/webhooks', '/projects/p/webhooks']) {
      const { body, headers } = await create(url, path).expect(status);
      expect(headers['content-type']).toMatch('application/problem+json');
      expect(body.errors?.[0]?.type ?? '').toMatch(type);
      if (status === 422) expect(body.errors[0].loc).toEqual(['body', 'url']);
    }
  });

  it(`to any of the ${BLOCK_EDGES.length} addresses at the edges of the special blocks is refused, unless it is public`, async () => {
    const wrong: string[] = [];
    for (const { address, isPublic } of BLOCK_EDGES) {
      const host = address.includes(':') ? `[${address}]` : address;
      const { status } = await create(`http://${host}/`);
      if (status !== (isPublic ? 201 : 422)) wrong.push(`${address}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(PUBLIC_URLS)('to %s is created, and cannot be moved to the loopback', async (url) => {
    const { body } = await create(url).expect(201);
    expect(body.url).toBe(url);
    const at = `${API}/webhooks/${body.id}`;
    await request(app.server).put(at).send({ url: 'http://127.0.0.1/' }).expect(422);
    await request(app.server).patch(at).send({ url: 'http://[::1]/' }).expect(422);
    expect((await request(app.server).get(at).expect(200)).body.url).toBe(url);
  });

  it('to what was refused is nowhere in the graph', async () => {
    const urls = await graph.run('MATCH (w:Webhook) RETURN w.url AS url');
    const allowed = BLOCK_EDGES.filter(({ isPublic }) => isPublic).length;
    expect(urls).toHaveLength(PUBLIC_URLS.length + allowed);
    expect(urls.filter(({ url }) => HOSTILE_URLS.some(([hostile]) => hostile === url))).toEqual([]);
  });
});
