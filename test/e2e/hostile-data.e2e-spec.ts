import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { HOSTILE_BODIES, HOSTILE_DATA } from '../support/hostile/strings.js';
import { Receiver } from '../support/receiver.js';

let app: TestApp;
let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start();
  app = await TestApp.start();
  await new Api(app).createWebhook({ url: receiver.url() });
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.close();
});

const post = (path: string, body: string) =>
  fetch(`${app.url}${API}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const get = async (path: string): Promise<string> => (await fetch(`${app.url}${API}${path}`)).text();

describe('data', () => {
  it.each(HOSTILE_DATA.map((data) => [data.slice(0, 60), data] as const))(
    '%s reaches the receiver and the log byte for byte',
    async (_, data) => {
      for (const [path, body] of [
        ['/events', `{"event":"entity.created","data":${data}}`],
        [
          '/events/batch',
          `{"events":[{"event":"report.generated"},{"data":${data},"event":"entity.created"}]}`,
        ],
      ] as const) {
        receiver.clear();
        const answer = (await (await post(path, body)).json()) as any;
        const [id] = (answer.events?.[1] ?? answer).delivery_ids;
        const [received] = await receiver.waitFor(1);
        const wire = received?.body.toString('utf8') ?? '';
        expect(wire.slice(wire.indexOf(',"data":'))).toBe(`,"data":${data}}`);
        expect(await get(`/webhooks/deliveries/${id}`)).toContain(`"payload":${wire},`);
        const stored = await graph.value<string>(
          'MATCH (:WebhookDelivery {id: $id})<-[:TRIGGERED]-(e:WebhookEvent) RETURN e.body',
          { id },
        );
        expect(stored).toBe(wire);
      }
    },
  );

  it('takes the last of what is said twice beside it, as JSON.parse does', async () => {
    receiver.clear();
    const twice = '{"event":"report.generated","data":{"a":1},"event":"entity.created","data":{"a":2,"a":3}}';
    expect((await post('/events', twice)).status).toBe(202);
    const [received] = await receiver.waitFor(1);
    expect(received?.body.toString()).toMatch(/^{"event":"entity.created",.*,"data":{"a":2,"a":3}}$/);
  });
});

describe('a body', () => {
  it.each(HOSTILE_BODIES.map(([body, status]) => [body.slice(0, 60), status, body] as const))(
    '%j is %i, and nothing is stored',
    async (_, status, body) => {
      const newest = "MATCH (e:WebhookEvent) RETURN coalesce(max(e.id), '')";
      const before = await graph.value(newest);
      for (const path of status === 413 ? ['/events'] : ['/events', '/events/batch']) {
        const answer = await post(path, body);
        expect(answer.status).toBe(status);
        expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      }
      // Ids rise with time; old events that nobody got are removed meanwhile.
      expect(await graph.value(newest)).toBe(before);
    },
  );

  it('may be larger where events come in batches, each of them within the limit', async () => {
    const [tooLarge] = HOSTILE_BODIES.filter(([, status]) => status === 413).map(([body]) => body);
    const answer = await post('/events', tooLarge!);
    expect(((await answer.json()) as any).detail).toBe('The body must have at most 1048576 bytes');
    const large = JSON.stringify({ event: 'entity.created', data: { text: 'x'.repeat(700_000) } });
    expect((await post('/events/batch', `{"events":[${large},${large}]}`)).status).toBe(202);
    const refused = await post('/events/batch', `{"events":[${large},${tooLarge!}]}`);
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as any).errors[0].loc.slice(0, 3)).toEqual(['body', 'events', 1]);
  });
});
