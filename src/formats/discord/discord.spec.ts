import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyEvent, textsIn } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { discord } from './discord.js';

// Discord's own description of its API as zod; the package has no types for it.
const SPEC: string = 'discord-api-spec/zod';
const { IncomingWebhookRequestPartialSchema } = await import(SPEC);

const webhook = { ...SAMPLE_WEBHOOK, url: 'https://discord.com/api/webhooks/1234/secret_tail-x' };

const bodyOf = (event = eventOf('entity.created', { name: 'Jane' }), options: object = {}): any =>
  JSON.parse(discord.render(event, { ...options }, webhook).body.toString());

/** What Discord's own description of its API says, and the sum that it does not say. */
function expectValid(body: any): void {
  expect(IncomingWebhookRequestPartialSchema.safeParse(body).error).toBeUndefined();
  const [embed] = body.embeds;
  expect(embed.fields.length).toBeLessThanOrEqual(25);
  const texts = [
    embed.title,
    embed.footer.text,
    ...embed.fields.flatMap(({ name, value }: any) => [name, value]),
  ];
  for (const text of texts) expect(text).not.toBe('');
  for (const { name, value } of embed.fields) {
    expect(name.length).toBeLessThanOrEqual(256);
    expect(value.length).toBeLessThanOrEqual(1024);
  }
  expect(texts.join('').length).toBeLessThanOrEqual(6000);
}

function expectHarmless(body: any): void {
  expect(Object.keys(body).sort()).toEqual(['allowed_mentions', 'embeds']);
  expect(body.allowed_mentions).toEqual({ parse: [] });
  const [{ url, image, thumbnail, author, ...embed }] = body.embeds;
  expect([image, thumbnail, author]).toEqual([undefined, undefined, undefined]);
  if (url) expect(url).toMatch(/^https:\/\/basset\.example\//);
  for (const text of textsIn({ ...embed, footer: undefined, timestamp: undefined })) {
    // Behind an even number of backslashes a sign is Markdown.
    expect(text).not.toMatch(/(?<!\\)(?:\\\\)*[*_~`|<>[\]()#]/);
    expect(text).not.toMatch(/@(?!\u200b)|https?:\/\//);
  }
  expect(embed.footer.text).not.toMatch(/@(?!\u200b)/);
}

describe('discord', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('discord', discord, {}, webhook.url);
  });

  it('renders an embed, and waits for it to be saved', () => {
    const event = eventOf('import.failed', { source: 'a*b', error: '@everyone' });
    const request = discord.render(event, { link_template: 'https://basset.example/{id}' }, webhook);
    expect(request.url).toBe(`${webhook.url}?wait=true`);
    expect(request.headers['User-Agent']).toMatch(
      /^DiscordBot \(https:\/\/\S+, \d+\.\d+\.\d+\) Basset-Hound-Webhooks\//,
    );
    expect(JSON.parse(request.body.toString())).toEqual({
      embeds: [
        {
          title: 'Import failed: a\\*b',
          color: 0xef4444,
          fields: [
            { name: 'project\\_id', value: 'op\\-lantern', inline: true },
            { name: 'source', value: 'a\\*b', inline: true },
            { name: 'error', value: '\\[@\u200b\\]everyone', inline: true },
          ],
          footer: { text: 'basset-hound · op-lantern · evt-import.failed' },
          timestamp: '2026-11-26T09:03:11.799Z',
          url: 'https://basset.example/evt-import.failed',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('keeps the thread of the URL, and titles a post of a forum', () => {
    const url = `${webhook.url}?thread_id=99`;
    const request = discord.render(
      eventOf('entity.created', {}),
      { thread_name: 'Leads' },
      { ...webhook, url },
    );
    expect(request.url).toBe(`${url}&wait=true`);
    expect(JSON.parse(request.body.toString()).thread_name).toBe('Leads');
  });

  it('is valid and harms nobody, whatever the data', () => {
    const link_template = 'https://basset.example/e/{name}';
    fc.assert(
      fc.property(anyEvent, fc.boolean(), fc.boolean(), (event, isNamed, defang) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        const body = bodyOf(event, { link_template, ...(fields && { fields }) });
        expectValid(body);
        expectHarmless(body);
        expectValid(bodyOf(event, { defang }));
      }),
    );
    for (const event of SAMPLE_EVENTS) expectValid(bodyOf(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const options of [{}, withAllFields(event)]) {
        expectValid(bodyOf(event, options));
        expectHarmless(bodyOf(event, options));
      }
  });

  it('shows many events as one message', () => {
    const body = JSON.parse(discord.renderDigest!(SAMPLE_EVENTS, {}, webhook).body.toString());
    expect(body.embeds[0].title).toBe('60 events');
    expectValid(body);
    expectHarmless(body);
  });

  const html = { 'content-type': 'text/html; charset=UTF-8' };

  it.each([
    [200, { id: '1' }, {}, { outcome: 'success' }],
    [204, '', {}, { outcome: 'success' }],
    [
      204,
      '',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.5' },
      { outcome: 'success', waitSeconds: 1.5 },
    ],
    [204, '', { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset-after': '1.5' }, { outcome: 'success' }],
    [
      400,
      { code: 50035, message: 'Invalid Form Body' },
      {},
      { outcome: 'rejected', reason: 'Discord: Invalid Form Body' },
    ],
    [
      400,
      { code: 50006, message: 'Cannot send' },
      {},
      { outcome: 'rejected', reason: 'Discord: Cannot send' },
    ],
    [
      400,
      { code: 240000, message: 'Harmful link' },
      {},
      { outcome: 'rejected', reason: 'Discord: Harmful link' },
    ],
    [
      400,
      { code: 220001, message: 'Needs a thread' },
      {},
      { outcome: 'blocked', reason: 'Discord: Needs a thread' },
    ],
    [400, '', {}, { outcome: 'rejected' }],
    [
      401,
      { code: 50027, message: 'Invalid Webhook Token' },
      {},
      { outcome: 'gone', reason: 'Discord: Invalid Webhook Token' },
    ],
    [
      401,
      { code: 0, message: '401: Unauthorized' },
      {},
      { outcome: 'blocked', reason: 'Discord: 401: Unauthorized' },
    ],
    [
      404,
      { code: 10015, message: 'Unknown Webhook' },
      {},
      { outcome: 'gone', reason: 'Discord: Unknown Webhook' },
    ],
    [
      404,
      { code: 10003, message: 'Unknown Channel' },
      {},
      { outcome: 'gone', reason: 'Discord: Unknown Channel' },
    ],
    [404, '', {}, { outcome: 'blocked' }],
    [
      403,
      { code: 50013, message: 'Missing Permissions' },
      {},
      { outcome: 'blocked', reason: 'Discord: Missing Permissions' },
    ],
    [
      403,
      '<!DOCTYPE html><title>Just a moment</title>',
      html,
      { outcome: 'throttled', reason: 'Discord: refused by Cloudflare', waitSeconds: 600 },
    ],
    [
      429,
      '<html>',
      html,
      { outcome: 'throttled', reason: 'Discord: refused by Cloudflare', waitSeconds: 600 },
    ],
    [
      429,
      { message: 'Slow down', retry_after: 0.65, global: false },
      { 'retry-after': '1' },
      { outcome: 'throttled', reason: 'Discord: Slow down', waitSeconds: 1 },
    ],
    [
      429,
      { message: 'Slow down', retry_after: 1336.57 },
      { 'retry-after': '1' },
      { outcome: 'throttled', reason: 'Discord: Slow down', waitSeconds: 1336.57 },
    ],
    [429, '', {}, { outcome: 'throttled' }],
    [500, '', {}, { outcome: 'retry' }],
    [502, { code: 10015 }, {}, { outcome: 'retry' }],
  ])('takes %i %j %j for %j', (status, body, headers, expected) => {
    expect(discord.interpret(answer(status, body, headers), {})).toEqual(expected);
  });

  it.each([220_001, 220_002, 220_003, 220_004])('waits for a thread after %i', (code) => {
    const refused = answer(400, { code, message: 'Threads' });
    expect(discord.interpret(refused, {})).toEqual({ outcome: 'blocked', reason: 'Discord: Threads' });
  });

  it.each([
    ['https://discord.com/api/webhooks/1/a-b_c', 0, 0],
    ['https://discord.com/api/v10/webhooks/1/abc?thread_id=5', 0, 0],
    ['https://discordapp.com/api/webhooks/1/abc', 0, 1],
    ['https://discord.com/api/webhooks/1/abc/slack', 1, 0],
    ['https://discord.com/channels/1/2', 1, 0],
  ])('%s has %i problems and %i warnings', (url, problems, warnings) => {
    const found = discord.checkUrl(new URL(url), {}, []);
    expect([found.problems.length, found.warnings.length]).toEqual([problems, warnings]);
  });
});
