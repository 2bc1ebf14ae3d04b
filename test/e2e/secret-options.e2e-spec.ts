import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { API, type Api } from '../support/api.js';
import { setSharedApi } from '../support/api-scene.js';
import type { TestApp } from '../support/app.js';
import type { Receiver } from '../support/receiver.js';

let app: TestApp;
let api: Api;
let receiver: Receiver;

setSharedApi((scene) => {
  ({ app, api, receiver } = scene);
});

const create = (body: object): request.Test =>
  request(app.server)
    .post(`${API}/webhooks`)
    .send({ name: 'n', events: ['report.scheduled'], ...body });
const change = (method: 'put' | 'patch', id: string, body: object): request.Test =>
  request(app.server)[method](`${API}/webhooks/${id}`).send(body);

describe('a secret option', () => {
  const topic = 'planted-topic-1';
  const places = ({ body }: { readonly body: any }): string[] =>
    body.errors.map(({ loc }: any) => loc.join('.'));
  const createNtfy = async (): Promise<any> => {
    const given = { url: receiver.url('/'), format: 'ntfy', format_options: { topic } };
    return (await create({ ...given, events: ['report.scheduled'] }).expect(201)).body;
  };
  const topicSent = async (id: string): Promise<string> => {
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    return receiver.requests.at(-1)?.json.topic;
  };

  it('that comes back as it is shown keeps its value', async () => {
    const { id, name, url, events, format, format_options: shown } = await createNtfy();
    expect(shown).toEqual({ topic: '***' });
    await change('put', id, { name, url, events, format, format_options: shown }).expect(200);
    await change('patch', id, { format_options: { topic: '***', fields: ['name'] } }).expect(200);
    await change('patch', id, { format_options: { digest: 5 } }).expect(200);
    expect(await topicSent(id)).toBe(topic);
    await change('put', id, { format_options: { topic: 'planted-topic-2' } }).expect(200);
    expect(await topicSent(id)).toBe('planted-topic-2');
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
  });

  it('is refused as it is shown where there is nothing to keep, and follows to no other host or format', async () => {
    const { id, url } = await createNtfy();
    const shown = { topic: '***' };
    const given = { url, format: 'ntfy', format_options: shown };
    const other = url.replace('127.0.0.1', 'localhost');
    const key = {
      url: receiver.url('/v2/enqueue'),
      format: 'pagerduty',
      format_options: { routing_key: '***' },
    };
    const refused = [
      await create(given),
      await request(app.server).post(`${API}/webhooks/preview`).send(given),
      ...(await Promise.all(
        (['put', 'patch'] as const).flatMap((method) => [
          change(method, id, { url: other, format_options: shown }),
          change(method, id, { url: other }),
          change(method, id, key),
        ]),
      )),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 422));
    const [topicPlace, keyPlace] = [['body.format_options.topic'], ['body.format_options.routing_key']];
    expect(refused.map(places)).toEqual([
      ...[topicPlace, topicPlace, topicPlace, topicPlace, keyPlace, topicPlace, topicPlace, keyPlace],
    ]);
    expect(await topicSent(id)).toBe(topic);
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
  });
});

describe('a preview', () => {
  it.each(['a', 'incident'])('hides the topic %s of ntfy, and leaves the word', async (topic) => {
    const given = { url: receiver.url('/'), format: 'ntfy', format_options: { topic } };
    const { body: webhook } = await create({ ...given, active: false }).expect(201);
    const event = { data: { name: `of ${topic}` } };
    for (const preview of [
      await api.post(`/webhooks/${webhook.id}/preview`, { event }, 200),
      await api.post('/webhooks/preview', { ...given, event }, 200),
    ])
      expect(JSON.parse(preview.body)).toMatchObject({ topic: '***', title: `Entity created: of ${topic}` });
    const echo = (body: Buffer): string => JSON.stringify({ ...JSON.parse(body.toString()), id: 'm' });
    receiver.answerWith(({ body }) => ({ body: echo(body) }));
    const { response_body: shown } = await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(JSON.parse(shown)).toMatchObject({
      id: 'm',
      topic: '***',
      title: expect.stringMatching(/^[^*]*$/),
    });
    await request(app.server).delete(`${API}/webhooks/${webhook.id}`).expect(204);
  });
});
