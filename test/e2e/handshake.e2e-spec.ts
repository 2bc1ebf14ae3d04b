import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { Receiver, type Answer, type ReceivedRequest } from '../support/receiver.js';
import { until } from '../support/until.js';

const ORIGIN = 'hooks.example';

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;
/** Of each test its own: no webhook gets the events of another. */
let project: string;
let projects = 0;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  app = await TestApp.start({ env: { PUBLIC_ORIGIN: ORIGIN, DELIVERY_TIMEOUT_SECONDS: '16' } });
  api = new Api(app);
});
beforeEach(async () => {
  project = `project-${++projects}`;
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());
afterAll(async () => {
  await app.close();
  await graph.wipe();
  await graph.close();
});

/** Answers the question so, and takes everything else. */
const asked =
  (answer: number | Answer) =>
  ({ method }: ReceivedRequest): number | Answer =>
    method === 'OPTIONS' ? answer : 202;
const CONSENT = { headers: { 'WebHook-Allowed-Origin': ORIGIN, 'WebHook-Allowed-Rate': '6000' } };

const create = (handshake: string, more: object = {}): Promise<any> =>
  api.createWebhook({
    ...{ url: receiver.url('/in?key=1'), project_id: project, headers: { Authorization: 'Bearer b' } },
    ...{ format: 'cloudevents', format_options: { handshake }, ...more },
  });
async function emit(): Promise<string> {
  const { delivery_ids: ids } = await api.emit({ project_id: project });
  return ids[0] ?? '';
}
const methods = (): string[] => receiver.requests.map(({ method }) => method);

describe('a receiver of CloudEvents that must consent', () => {
  it('is asked once, by who sends, and then gets each event with that name', async () => {
    receiver.answerWith(asked(CONSENT));
    await create('required', { max_requests_per_second: 100 });
    for (const id of [await emit(), await emit(), await emit()])
      expect(await api.untilDelivery(id, 'success')).toMatchObject({ attempts: 1, outcome: 'success' });
    expect(methods()).toEqual(['OPTIONS', 'POST', 'POST', 'POST']);
    const [question, ...events] = receiver.requests;
    expect(question).toMatchObject({ path: '/in?key=1', body: Buffer.alloc(0) });
    expect(question?.headers).toMatchObject({
      ...{ 'webhook-request-origin': ORIGIN, 'webhook-request-rate': '6000', authorization: 'Bearer b' },
    });
    expect(question?.headers['content-type']).toBeUndefined();
    for (const { headers } of events) expect(headers['webhook-request-origin']).toBe(ORIGIN);
  });

  it('gets nothing without its consent, and what waited when it gives it', async () => {
    receiver.answerWith(asked({ status: 200, headers: { 'WebHook-Allowed-Origin': 'other.example' } }));
    const webhook = await create('required');
    const record = await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(record).toMatchObject({ status: 'failed', outcome: 'blocked', response_code: 200 });
    expect(record.error_message).toContain(`WebHook-Allowed-Origin: ${ORIGIN}`);
    const ids = [await emit(), await emit()];
    await until(() => receiver.requests.length >= 2, 'a probe');
    expect(new Set(methods())).toEqual(new Set(['OPTIONS']));
    receiver.answerWith(asked(CONSENT));
    for (const id of ids) expect((await api.untilDelivery(id, 'success')).outcome).toBe('success');
  });

  it('is asked again at another URL, and when it has refused an event', async () => {
    receiver.answerWith(asked(CONSENT));
    const webhook = await create('required');
    await api.untilDelivery(await emit(), 'success');
    const url = receiver.url('/other');
    await request(app.server).patch(`${API}/webhooks/${webhook.id}`).send({ url, headers: {} }).expect(200);
    await api.untilDelivery(await emit(), 'success');
    expect(receiver.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...['OPTIONS /in?key=1', 'POST /in?key=1', 'OPTIONS /other', 'POST /other'],
    ]);
    receiver.clear();
    receiver.answerWith([403, CONSENT, 202]);
    await api.untilDelivery(await emit(), 'success');
    expect(methods()).toEqual(['POST', 'OPTIONS', 'POST']);
  });

  it('is not asked by a preview, which shows the name', async () => {
    const webhook = await create('required');
    const preview = await api.post(`/webhooks/${webhook.id}/preview`, {}, 200);
    expect(preview.headers).toMatchObject({ 'WebHook-Request-Origin': ORIGIN });
    expect(receiver.requests).toEqual([]);
  });
});

describe('a receiver of CloudEvents that may consent', () => {
  it.each<[string, number | Answer]>([
    ['does not know the question', 405],
    ['never answers it', { hang: true }],
  ])('gets its events although it %s', async (_, answer) => {
    receiver.answerWith(asked(answer));
    await create('try');
    for (const id of [await emit(), await emit()])
      expect((await api.untilDelivery(id, 'success')).attempts).toBe(1);
    expect(methods()).toEqual(['OPTIONS', 'POST', 'POST']);
  });

  it('is not asked at all where nobody wants that', async () => {
    receiver.answerWith(asked(405));
    await create('off');
    await api.untilDelivery(await emit(), 'success');
    expect(methods()).toEqual(['POST']);
    expect(receiver.requests[0]?.headers['webhook-request-origin']).toBeUndefined();
  });
});
