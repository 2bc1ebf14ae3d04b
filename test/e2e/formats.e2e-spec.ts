import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { API, type Api } from '../support/api.js';
import { setSharedApi } from '../support/api-scene.js';
import type { TestApp } from '../support/app.js';
import type { Graph } from '../support/graph.js';
import type { Receiver, Answer } from '../support/receiver.js';
import { until } from '../support/until.js';

/** What nobody may see, in any of the forms in which a receiver could quote it. */
const TAIL = 'planted%2Dtail';

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

setSharedApi((scene) => {
  ({ app, api, graph, receiver } = scene);
});

const secretUrl = (): string => receiver.url(`/hooks/${TAIL}`);
const shownUrl = (): string => receiver.url('/hooks/***');
const create = (body: object): request.Test =>
  request(app.server)
    .post(`${API}/webhooks`)
    .send({ name: 'n', url: receiver.url(), events: ['entity.created'], ...body });
const change = (method: 'put' | 'patch', id: string, body: object): request.Test =>
  request(app.server)[method](`${API}/webhooks/${id}`).send(body);

/** Everything that lies in the graph in the clear, as one text. */
const graphText = async (): Promise<string> =>
  JSON.stringify(await graph.run('MATCH (n) RETURN properties(n) AS properties'));
const createSecret = async (): Promise<any> =>
  (await create({ url: secretUrl(), format_options: { url_is_secret: true } }).expect(201)).body;

describe('a webhook without a format', () => {
  it('is one of basset, which sends the event as it is', async () => {
    const { body: webhook } = await create({ format: null }).expect(201);
    expect(webhook).toMatchObject({
      ...{ format: 'basset', format_options: {}, format_version: 1, warnings: [] },
      max_requests_per_second: null,
    });
    const { delivery_ids: ids } = await api.emit({ data: { n: 1 } });
    const delivery = await api.untilDelivery(ids[0] ?? '', 'success');
    expect(delivery).toMatchObject({ outcome: 'success', error_message: null });
    const [got] = receiver.requests;
    expect(JSON.parse(got?.body.toString() ?? '')).toEqual(delivery.payload);
    expect(got?.headers).toMatchObject({
      'webhook-id': delivery.event_id,
      'content-type': 'application/json',
    });
  });

  it('has a pace of its own when it is given one', async () => {
    const { body: webhook } = await create({ max_requests_per_second: 0.5 }).expect(201);
    expect(webhook.max_requests_per_second).toBe(0.5);
    const { body: cleared } = await change('patch', webhook.id, { max_requests_per_second: null }).expect(
      200,
    );
    expect(cleared.max_requests_per_second).toBeNull();
  });
});

describe('what is said of a format and is wrong', () => {
  it.each<[string, object, (string | number)[]]>([
    ['an unknown format', { format: 'slakc' }, ['format']],
    ['a format that is no text', { format: 5 }, ['format']],
    ['an unknown option', { format_options: { a: 1 } }, ['format_options', 'a']],
    [
      'an option of a wrong kind',
      { format_options: { url_is_secret: 'yes' } },
      ['format_options', 'url_is_secret'],
    ],
    ['options that are a list', { format_options: [] }, ['format_options']],
    ['a pace of nothing', { max_requests_per_second: 0 }, ['max_requests_per_second']],
    ['a pace that is no number', { max_requests_per_second: '1' }, ['max_requests_per_second']],
    [
      'the whole of data as a field',
      {
        format: 'ntfy',
        url: 'http://127.0.0.1:9/',
        format_options: { topic: 't', fields: ['name', 'data'] },
      },
      ['format_options', 'fields', 1],
    ],
    [
      'half a character in an option',
      { format: 'ntfy', url: 'http://127.0.0.1:9/', format_options: { topic: 't', fields: ['a\ud800'] } },
      ['format_options', 'fields', 0],
    ],
    ['stars in a URL', { url: 'https://hooks.slack.com/services/***' }, ['url']],
  ])('is named with its place: %s', async (_, body, place) => {
    const { body: refused } = await create(body).expect(422);
    expect(refused.errors.map(({ loc }: any) => loc)).toEqual([['body', ...place]]);
    const { body: webhook } = await create({}).expect(201);
    for (const method of ['put', 'patch'] as const) await change(method, webhook.id, body).expect(422);
  });

  it('is said at once with everything else', async () => {
    const { body } = await create({ name: '', format: 'slakc', max_requests_per_second: -1 }).expect(422);
    expect(body.errors.map(({ loc }: any) => loc[1]).toSorted()).toEqual([
      ...['format', 'max_requests_per_second', 'name'],
    ]);
  });
});

describe('a URL that is a secret', () => {
  it('is shown nowhere, not in the graph either, and is called', async () => {
    receiver.answerWith(({ path }) => ({
      status: 500,
      body: `no ${path} ${decodeURIComponent(path)}`,
    }));
    const webhook = await createSecret();
    expect(webhook.url).toBe(shownUrl());
    const record = await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(receiver.requests[0]?.path).toBe(`/hooks/${TAIL}`);
    expect(record).toMatchObject({
      status: 'failed',
      outcome: 'retry',
      response_body: 'no /hooks/*** /hooks/***',
    });
    const seen = [webhook, record, await api.get('/webhooks'), await graphText()];
    expect(JSON.stringify(seen)).not.toContain('planted');
  });

  it('stays when its shown form comes back, however it is changed', async () => {
    const { id } = await createSecret();
    await change('put', id, { url: shownUrl(), name: 'a' }).expect(200);
    await change('patch', id, { url: shownUrl(), name: 'b' }).expect(200);
    await change('patch', id, { headers: { 'X-Team': 'a' }, format: 'basset' }).expect(200);
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    expect(receiver.requests.at(-1)?.path).toBe(`/hooks/${TAIL}`);
  });

  it('is another one from the next request on', async () => {
    const { id } = await createSecret();
    const { body } = await change('patch', id, { url: receiver.url('/hooks/planted-other') }).expect(200);
    expect(body.url).toBe(shownUrl());
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    expect(receiver.requests.at(-1)?.path).toBe('/hooks/planted-other');
  });

  it('does not become readable by a change of the format', async () => {
    const { id } = await createSecret();
    const { body } = await change('patch', id, { format_options: null }).expect(422);
    expect(body.errors).toMatchObject([{ loc: ['body', 'url'], type: 'url_disclosed' }]);
    const open = { format_options: null, url: receiver.url('/open') };
    expect((await change('patch', id, open).expect(200)).body.url).toBe(receiver.url('/open'));
  });
});

describe('the formats', () => {
  it('are listed with all that a form needs', async () => {
    const { formats, total } = await api.get('/webhooks/formats');
    expect(total).toBe(formats.length);
    const [basset] = formats;
    expect(basset).toMatchObject({
      ...{ format: 'basset', version: 1, url_is_secret: false, docs: 'docs/formats.md' },
      rate: { per_second: null, burst: 1, per: 'destination' },
      options_schema: { properties: { url_is_secret: { type: 'boolean' } } },
    });
  });
});

describe('a preview', () => {
  it('has the signatures of a webhook that signs, and shows none', async () => {
    const url = receiver.url();
    const { id } = await api.createWebhook({ url, generate_secret: true });
    const signatures = { 'webhook-signature': '***', 'X-Webhook-Signature': '***' };
    for (const [path, body] of [
      [`/webhooks/${id}/preview`, {}],
      ['/webhooks/preview', { url, generate_secret: true }],
      ['/webhooks/preview', { url, secret: 'a secret' }],
    ] as const)
      expect((await api.post(path, body, 200)).headers).toMatchObject(signatures);
    expect((await api.post('/webhooks/preview', { url }, 200)).headers).not.toHaveProperty(
      'webhook-signature',
    );
  });

  const event = {
    event: 'report.generated',
    data: { name: 'Jöhn' },
    timestamp: '2026-01-01T00:00:00Z',
    id: 'e-1',
  };

  it('shows the request and makes none', async () => {
    const preview = await api.post('/webhooks/preview', { url: receiver.url(), event }, 200);
    const body =
      '{"event":"report.generated","timestamp":"2026-01-01T00:00:00Z","project_id":null,"data":{"name":"Jöhn"}}';
    expect(preview).toMatchObject({
      ...{ method: 'POST', url: receiver.url(), content_type: 'application/json', truncated: false },
      ...{ body, bytes: Buffer.byteLength(body), warnings: [] },
      headers: { 'webhook-id': 'e-1', 'X-Webhook-Event': 'report.generated' },
    });
    expect(receiver.requests).toEqual([]);
  });

  it('shows data as they were written', async () => {
    const text = `{"url":"${receiver.url()}","event":{"data": {"n": 12345678901234567890, "m": 1.0}}}`;
    const { body } = await request(app.server)
      .post(`${API}/webhooks/preview`)
      .set('Content-Type', 'application/json')
      .send(text)
      .expect(200);
    expect(body.body).toContain('"data":{"n":12345678901234567890,"m":1.0}');
  });

  it('shows no secret', async () => {
    const { id } = await createSecret();
    const headers = { Authorization: 'Bearer planted-token' };
    await change('patch', id, { headers }).expect(200);
    const given = { url: secretUrl(), format_options: { url_is_secret: true }, headers };
    const data = { name: 'Jane' };
    const previews = [
      await api.post(`/webhooks/${id}/preview`, undefined, 200),
      await api.post(`/webhooks/${id}/preview`, { event: { data } }, 200),
      await api.post('/webhooks/preview', { ...given, event: { data } }, 200),
    ];
    expect(previews.map(({ url }) => url)).toEqual(Array(3).fill(shownUrl()));
    expect(JSON.stringify(previews)).not.toContain('planted');
    expect(previews[1].headers.Authorization).toBe('***');
  });

  it.each<[string, object, (string | number)[]]>([
    ['no URL', {}, ['url']],
    ['an unknown format', { url: 'https://a.example/', format: 'x' }, ['format']],
    ['an event that is none', { url: 'https://a.example/', event: [] }, ['event']],
    [
      'a field that no event has',
      { url: 'https://a.example/', event: { payload: {} } },
      ['event', 'payload'],
    ],
  ])('of %s is refused', async (_, body, place) => {
    const refused = await api.post('/webhooks/preview', body, 422);
    expect(refused.errors.map(({ loc }: any) => loc)).toContainEqual(['body', ...place]);
  });

  it('of an unknown event is 400', async () => {
    const body = { url: 'https://a.example/', event: { event: 'entity.craeted' } };
    expect((await api.post('/webhooks/preview', body, 400)).detail).toBe(
      'Invalid event type: entity.craeted',
    );
  });

  it('of an unknown webhook is 404', async () => {
    await api.post('/webhooks/nobody/preview', undefined, 404);
  });
});

describe('a filter', () => {
  const filter = "data.type == 'person' && data.risk >= 7";

  it('lets through what makes it true, and nothing that lacks a name', async () => {
    const { body: webhook } = await create({ filter, events: ['search.executed'] }).expect(201);
    expect(webhook.filter).toBe(filter);
    const emitted = (data: object): Promise<any> => api.emit({ event: 'search.executed', data });
    for (const data of [{}, { type: 'person' }, { type: 'person', risk: 6 }, { type: 7, risk: 9 }])
      expect((await emitted(data)).delivery_ids).toEqual([]);
    const { delivery_ids: ids } = await emitted({ type: 'person', risk: 7 });
    expect((await api.untilDelivery(ids[0] ?? '', 'success')).webhook_id).toBe(webhook.id);
    const { would_not: not } = await api.get('/webhooks/match?event=search.executed');
    expect(not).toContainEqual({ webhook_id: webhook.id, name: 'n', reason: 'filtered' });
    await change('patch', webhook.id, { filter: null }).expect(200);
    expect((await emitted({})).delivery_ids).toHaveLength(1);
    await change('put', webhook.id, { filter }).expect(200);
    expect((await change('put', webhook.id, { filter: '' }).expect(200)).body.filter).toBeNull();
  });

  it('that is no expression is refused with the place where that shows', async () => {
    const { body } = await create({ filter: 'data.type = 1' }).expect(422);
    expect(body.errors).toEqual([
      {
        loc: ['body', 'filter'],
        msg: 'is no JSON-e expression: this cannot stand here, at character 11',
        type: 'filter_syntax',
      },
    ]);
    await create({ filter: 'x'.repeat(1025) }).expect(422);
    await create({ filter: 5 }).expect(422);
  });

  it('that asks for what no event has comes with a warning', async () => {
    const { body } = await create({ filter: 'dta.type == 1' }).expect(201);
    expect(body.warnings).toEqual([expect.stringContaining('asks for dta')]);
  });
});

describe('a webhook in the format of a chat', () => {
  const events = ['report.scheduled'];
  const place = (): string => receiver.url('/services/T0/B0/planted-token');
  const createSlack = async (): Promise<any> => {
    const body = { url: place(), format: 'slack', events, retry_config: { initial_delay: 0.1 } };
    return (await create(body).expect(201)).body;
  };
  const remove = (id: string): request.Test => request(app.server).delete(`${API}/webhooks/${id}`);
  const emitOne = async (): Promise<string> =>
    (await api.emit({ event: 'report.scheduled', data: { name: 'Jane <!channel>' } })).delivery_ids[0] ?? '';
  /** Like Slack it does not take our own body. */
  const asSlack = (answer: Answer = { body: 'ok' }): void => {
    receiver.answerWith(({ json }) => (json.blocks ? answer : { status: 400, body: 'invalid_payload' }));
  };

  it('speaks as that does, and shows no secret', async () => {
    asSlack();
    const webhook = await createSlack();
    expect(webhook).toMatchObject({ format: 'slack', url: receiver.url('/services/***') });
    const delivery = await api.untilDelivery(await emitOne(), 'success', 'failed');
    expect(delivery).toMatchObject({ status: 'success', outcome: 'success', attempts: 1 });
    const [got] = receiver.requests;
    expect(got?.path).toBe('/services/T0/B0/planted-token');
    expect(Object.keys(got?.headers ?? {}).filter((name) => name.includes('webhook'))).toEqual([]);
    const test = await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(test).toMatchObject({ status: 'success', outcome: 'success' });
    expect(JSON.stringify([webhook, delivery, test, await graphText()])).not.toContain('planted');
    await remove(webhook.id).expect(204);
  });

  it('goes on after an event that can never be taken', async () => {
    asSlack({ body: 'not what it says on success' });
    const { id } = await createSlack();
    const refused = await api.untilDelivery(await emitOne(), 'failed');
    expect(refused).toMatchObject({ outcome: 'rejected', attempts: 1, response_code: 200 });
    asSlack();
    await api.untilDelivery(await emitOne(), 'success');
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ active: true, consecutive_failures: 0 });
    await remove(id).expect(204);
  });

  it('waits when somebody has to repair it, loses no attempt, and goes on when that is done', async () => {
    asSlack({ status: 403, body: 'action_prohibited' });
    const { id } = await createSlack();
    const delivery = await emitOne();
    await until(async () => (await api.delivery(delivery)).outcome === 'blocked', 'it is blocked');
    const first = await api.delivery(delivery);
    expect(first.error_message).toContain('action_prohibited');
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ active: true, circuit: 'open' });
    const second = await emitOne();
    asSlack();
    await api.untilDelivery(delivery, 'success');
    await api.untilDelivery(second, 'success');
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ circuit: 'closed', failing_since: null });
    await remove(id).expect(204);
  });

  it('pauses when it is asked to', async () => {
    receiver.answerWith([{ status: 429, headers: { 'retry-after': '1' } }, { body: 'ok' }]);
    const { id } = await createSlack();
    const delivery = await api.untilDelivery(await emitOne(), 'success');
    expect(delivery).toMatchObject({ outcome: 'success', attempts: 2 });
    await remove(id).expect(204);
  });

  it('is switched off in the words of the receiver when it is gone', async () => {
    asSlack({ status: 404, body: 'no_service' });
    const { id } = await createSlack();
    expect(await api.untilDelivery(await emitOne(), 'failed')).toMatchObject({ outcome: 'gone' });
    await until(async () => !(await api.get(`/webhooks/${id}`)).active, 'it is switched off');
    expect((await api.get(`/webhooks/${id}`)).disabled_reason).toContain('no_service');
    await remove(id).expect(204);
  });

  it('keeps what waits when its format is changed', async () => {
    asSlack();
    const retry = { initial_delay: 5, max_retries: 5 };
    const { body: plain } = await create({ url: place(), events, retry_config: retry }).expect(201);
    const delivery = await emitOne();
    await api.untilDelivery(delivery, 'retrying');
    await change('patch', plain.id, { format: 'slack' }).expect(200);
    expect(await api.untilDelivery(delivery, 'success')).toMatchObject({ outcome: 'success' });
    expect([receiver.requests[0]?.json.event, receiver.requests.at(-1)?.json.blocks]).toEqual([
      ...['report.scheduled', expect.any(Array)],
    ]);
    await remove(plain.id).expect(204);
  });

  it('is refused with a URL that is none of it, and warns of a flood and of a forgotten format', async () => {
    const { body } = await create({ format: 'slack', url: 'https://hooks.slack.com/nope' }).expect(422);
    expect(body.errors.map(({ loc }: any) => loc)).toEqual([['body', 'url']]);
    const off = { url: 'https://hooks.slack.com/services/T0/B0/planted', active: false };
    const { body: plain } = await create(off).expect(201);
    expect(plain.warnings).toEqual([expect.stringContaining('set format to slack')]);
    const { body: flood } = await create({ ...off, format: 'slack', events: ['*'] }).expect(201);
    expect(flood.warnings).toEqual([expect.stringContaining('thousands')]);
    for (const { id } of [plain, flood]) await remove(id).expect(204);
  });
});
