import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { HOSTILE_TEXTS } from '../support/formats/hostile-texts.js';
import { STAND_INS } from '../support/formats/stand-ins.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';

const PAGES = join(import.meta.dirname, '..', '..', 'docs', 'formats');

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  app = await TestApp.start();
  api = new Api(app);
});
beforeEach(async () => {
  receiver = await Receiver.start([200]);
});
afterEach(() => receiver.close());
afterAll(async () => {
  await app.close();
  await graph.wipe();
  await graph.close();
});

/** The command of a page as it is printed, for this service and with the receiver's own host. */
function commandOf(page: string): string {
  const text = readFileSync(join(PAGES, `${page}.md`), 'utf8');
  const [, command] = /```sh\n(curl [\s\S]*?)```/.exec(text)!;
  return command!
    .replace('http://127.0.0.1:8000', app.url)
    .replace(/"url": "https?:\/\/[^/"]+/, `"url": "${receiver.url('').replace(/\/$/, '')}`);
}

/** Runs the command in a shell; answers the webhook that it created. */
async function createByPage(page: string): Promise<any> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', commandOf(page)]);
  return JSON.parse(stdout);
}

describe('the command of the page', () => {
  it.each(Object.entries(STAND_INS))(
    '%s creates a webhook that its receiver takes',
    async (name, standIn) => {
      receiver.answerWith(standIn);
      const webhook = await createByPage(name);
      expect(webhook).toMatchObject({ format: name, active: true });
      expect(await api.post(`/webhooks/${webhook.id}/test`, undefined, 200)).toMatchObject({
        status: 'success',
        outcome: 'success',
        error_message: null,
      });
      expect(receiver.requests).toHaveLength(1);
    },
  );

  it('of workflows creates one that gets the event itself', async () => {
    const webhook = await createByPage('workflows');
    expect(webhook).toMatchObject({ format: 'basset', headers: { Authorization: '***' } });
    await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(receiver.requests[0]?.json).toMatchObject({ event: 'test' });
    expect(receiver.requests[0]?.headers.authorization).toBe('Bearer XXXX');
  });
});

describe('a chat', () => {
  it('takes hostile and large names', async () => {
    receiver.answerWith(STAND_INS.slack!);
    const format_options = { link_template: 'https://basset.example/{name}' };
    const url = receiver.url('/services/T000/B000/planted');
    await api.createWebhook({ format: 'slack', format_options, url, max_requests_per_second: 100 });
    for (const name of [...HOSTILE_TEXTS.slice(0, 8), 'x'.repeat(500_000)]) {
      const { delivery_ids: ids } = await api.emit({ data: { name } });
      expect(await api.untilDelivery(ids[0]!, 'success', 'failed')).toMatchObject({ outcome: 'success' });
    }
    const sent = receiver.requests.map(({ body }) => body.toString()).join('');
    expect(sent).not.toMatch(/<!|<@|https:\/\/evil/);
    await graph.wipe();
  });
});

describe('a template', () => {
  it('ends one event as rejected, and takes the next', async () => {
    receiver.answerWith(STAND_INS.custom!);
    const format_options = { template: { subject: '${data.name}' }, expect: { json: { '/ok': true } } };
    const webhook = await api.createWebhook({ format: 'custom', format_options, url: receiver.url('/t') });
    const bad = await api.emit({ data: {} });
    expect(await api.untilDelivery(bad.delivery_ids.at(-1)!, 'failed')).toMatchObject({
      outcome: 'rejected',
      error_code: 'not_rendered',
      response_code: null,
    });
    const good = await api.emit({ data: { name: 'Jane' } });
    expect(await api.untilDelivery(good.delivery_ids.at(-1)!, 'success')).toMatchObject({
      webhook_id: webhook.id,
    });
    expect(receiver.requests.map(({ json }) => json)).toEqual([{ subject: 'Jane' }]);
    expect(receiver.requests[0]?.headers['webhook-id']).toBe(good.event_id);
  });

  it('is refused with its place when it is more than a template may be', async () => {
    const template = { a: { constructor: 1 } };
    const body = {
      name: 'n',
      url: receiver.url('/t'),
      events: ['*'],
      format: 'custom',
      format_options: { template },
    };
    const { errors } = await api.post('/webhooks', body, 422);
    expect(errors).toMatchObject([
      { loc: ['body', 'format_options', 'template', 'a', 'constructor'], type: 'template_refused' },
    ]);
  });
});
