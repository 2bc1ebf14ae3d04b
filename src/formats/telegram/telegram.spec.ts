import type { ApiMethods } from '@grammyjs/types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyEvent } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { fillingEvent } from '../../../test/support/formats/filling.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { messageOf } from '../message.js';
import { escapeTelegram, telegram, telegramBody } from './telegram.js';

const webhook = { ...SAMPLE_WEBHOOK, url: 'https://api.telegram.org/bot123:secret/sendMessage' };
const options = { chat_id: -100123 };
const link_template = 'https://basset.example/e/{name}';

const bodyOf = (event = eventOf('entity.created', { name: 'Jane' }), more: object = {}): any =>
  JSON.parse(telegram.render(event, { ...options, ...more }, webhook).body.toString());

const OUR_TAGS = /<\/?[bi]>|<a href="https:\/\/basset\.example\/[^"<>]*">|<\/a>/g;

function expectHarmless({ text, ...body }: any): void {
  expect(body).toEqual({ ...options, parse_mode: 'HTML', link_preview_options: { is_disabled: true } });
  const own = text.replace(OUR_TAGS, '');
  expect(own.replace(/&(amp|lt|gt|quot);/g, '')).not.toMatch(/[<>&"]|@(?!\u200b)|https?:\/\//);
  expect(text.length).toBeLessThanOrEqual(4096);
  for (const tag of ['b', 'i', 'a'])
    expect(text.split(`<${tag}`).length).toBe(text.split(`</${tag}>`).length);
}

describe('a name in the text', () => {
  it.each([
    ['/stop@bot', '/\u200bstop@\u200bbot'],
    ['see (/start) #tag $USD', 'see (/\u200bstart) #\u200btag $\u200bUSD'],
    ['a/b hxxp://x 5$ C# <b>#x', 'a/b hxxp://x 5$ C# &lt;b&gt;#\u200bx'],
  ])('%j is nothing to click: %j', (text, safe) => {
    expect(escapeTelegram(text)).toBe(safe);
  });
});

describe('telegram', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('telegram', telegram, options, webhook.url);
  });

  it('calls sendMessage as the types of the Bot API know it', () => {
    const event = eventOf('entity.created', { name: 'Jane & <Co>' });
    const { body } = telegramBody(messageOf(event, { link_template }), { ...options, message_thread_id: 7 });
    const known: Parameters<ApiMethods<never>['sendMessage']>[0] = body;
    expect(known).toEqual({
      chat_id: -100123,
      message_thread_id: 7,
      text: [
        '<b>Entity created: Jane &amp; &lt;Co&gt;</b>',
        '<b>project_id</b>: op-lantern',
        '<b>name</b>: Jane &amp; &lt;Co&gt;',
        '<a href="https://basset.example/e/Jane%20%26%20%3CCo%3E">Open</a>',
        '<i>basset-hound · op-lantern · evt-entity.created</i>',
      ].join('\n'),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    });
  });

  it.each([true, false])('says whether it comes without a sound: %s', (disable_notification) => {
    expect(bodyOf(undefined, { disable_notification })).toMatchObject({ disable_notification });
  });

  it('leaves a link as it is, but for what HTML needs', () => {
    const more = { link_template: 'https://basset.example/@case?a=1&b={name}' };
    const { text } = bodyOf(eventOf('entity.created', { name: 'a"b' }), more);
    expect(text).toContain('<a href="https://basset.example/@case?a=1&amp;b=a%22b">Open</a>');
  });

  it.each([
    ['long', 256],
    ['short', 60],
  ])('counts its tags and its link with facts that are %s', (_, length) => {
    const { event, options: more } = fillingEvent('x', length, length);
    const link = `https://basset.example/${'x'.repeat(900)}`;
    const { text } = bodyOf(event, { ...more, link_template: link });
    expect(text).toContain(link);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text.length).toBeGreaterThan(3500);
  });

  it('stays within the limits and harms nobody, whatever the data', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        expectHarmless(bodyOf(event, { link_template, ...(fields && { fields }) }));
      }),
    );
    for (const event of SAMPLE_EVENTS) expectHarmless(bodyOf(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const more of [{}, withAllFields(event)]) expectHarmless(bodyOf(event, more));
    expectHarmless(JSON.parse(telegram.renderDigest!(SAMPLE_EVENTS, options, webhook).body.toString()));
  });

  const error = (description: string, parameters = {}) => ({ ok: false, description, parameters });
  const blocked = (description: string) => ({ outcome: 'blocked', reason: `Telegram: ${description}` });

  it.each([
    [200, { ok: true, result: {} }, { outcome: 'success' }],
    [200, `{"ok":true,"result":{"text":"${'x'.repeat(1000)}`, { outcome: 'success' }],
    [200, `{"result":{"text":"${'x'.repeat(1000)}`, expect.objectContaining({ outcome: 'rejected' })],
    [200, { ok: false, description: 'odd' }, { outcome: 'rejected', reason: 'Telegram: odd' }],
    [200, { ok: false }, { outcome: 'rejected', reason: 'Telegram: the answer is not ok' }],
    [200, 'logged in', { outcome: 'rejected', reason: 'Telegram: the answer is not ok' }],
    [
      400,
      error('Bad Request: chat not found'),
      { outcome: 'blocked', reason: 'Telegram: Bad Request: chat not found' },
    ],
    [
      400,
      error('upgraded', { migrate_to_chat_id: -5 }),
      { outcome: 'blocked', reason: 'Telegram: upgraded; the chat is now -5' },
    ],
    [
      400,
      error("Bad Request: can't parse entities"),
      { outcome: 'rejected', reason: "Telegram: Bad Request: can't parse entities" },
    ],
    [
      400,
      error('Bad Request: not enough rights to send text messages to the chat'),
      blocked('Bad Request: not enough rights to send text messages to the chat'),
    ],
    [
      400,
      error('Bad Request: need administrator rights in the channel chat'),
      blocked('Bad Request: need administrator rights in the channel chat'),
    ],
    [400, error('Bad Request: bot was kicked'), blocked('Bad Request: bot was kicked')],
    [400, error('Bad Request: bot was blocked'), blocked('Bad Request: bot was blocked')],
    [401, error('Unauthorized'), { outcome: 'gone', reason: 'Telegram: Unauthorized' }],
    [404, error('Not Found'), { outcome: 'gone', reason: 'Telegram: Not Found' }],
    [404, '<html>', { outcome: 'blocked' }],
    [
      403,
      error('Forbidden: bot was kicked'),
      { outcome: 'blocked', reason: 'Telegram: Forbidden: bot was kicked' },
    ],
    [
      429,
      error('Too Many Requests', { retry_after: 17 }),
      { outcome: 'throttled', reason: 'Telegram: Too Many Requests', waitSeconds: 17 },
    ],
    [502, '', { outcome: 'retry' }],
  ])('takes %i %j for %j', (status, body, expected) => {
    expect(telegram.interpret(answer(status, body), options)).toEqual(expected);
  });

  it('is called at sendMessage', () => {
    expect(telegram.checkUrl(new URL(webhook.url), options, []).problems).toEqual([]);
    expect(telegram.checkUrl(new URL(`${webhook.url}/x`), options, []).problems).toHaveLength(1);
    expect(telegram.checkUrl(new URL('https://api.telegram.org/bot1:x'), options, []).problems).toHaveLength(
      1,
    );
  });
});
