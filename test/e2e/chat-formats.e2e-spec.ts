import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.js';
import { setSharedApi } from '../support/api-scene.js';
import type { TestApp } from '../support/app.js';
import { SIEM_STAND_INS } from '../support/formats/siem-stand-ins.js';
import { STAND_INS } from '../support/formats/stand-ins.js';
import type { Receiver } from '../support/receiver.js';

const PAGES = join(import.meta.dirname, '..', '..', 'docs', 'formats');

let app: TestApp;
let api: Api;
let receiver: Receiver;

setSharedApi((scene) => {
  ({ app, api, receiver } = scene);
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
  const chats = Object.entries(STAND_INS).map(([name, standIn]) => [name, name, standIn] as const);

  it.each([...chats, ...SIEM_STAND_INS])(
    '%s creates a webhook that its receiver takes',
    async (page, format, standIn) => {
      receiver.answerWith(standIn);
      const webhook = await createByPage(page);
      expect(webhook).toMatchObject({ format, active: true });
      expect(await api.post(`/webhooks/${webhook.id}/test`, undefined, 200)).toMatchObject({
        status: 'success',
        outcome: 'success',
        error_message: null,
      });
      expect(receiver.requests).toHaveLength(1);
    },
    // The first request may wait for the service to find itself alive.
    120_000,
  );

  it('of workflows creates one that gets the event itself', async () => {
    const webhook = await createByPage('workflows');
    expect(webhook).toMatchObject({ format: 'basset', headers: { Authorization: '***' } });
    await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(receiver.requests[0]?.json).toMatchObject({ event: 'test' });
    expect(receiver.requests[0]?.headers.authorization).toBe('Bearer XXXX');
  });
});

describe('a template', () => {
  it('is previewed, and so is what is wrong with it', async () => {
    const of = (template: unknown) => ({
      ...{
        name: 'n',
        url: receiver.url('/t'),
        events: ['*'],
        format: 'custom',
        format_options: { template },
      },
      event: { event: 'entity.created', data: { name: 'Jane' } },
    });
    const preview = await api.post('/webhooks/preview', of({ who: '${data.name}' }), 200);
    expect(preview).toMatchObject({ body: '{"who":"Jane"}', content_type: 'application/json' });
    const { errors } = await api.post('/webhooks/preview', of({ who: '${data.nobody}' }), 422);
    expect(errors[0].msg).toContain('nobody');
    expect(receiver.requests).toEqual([]);
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
