import { describe, expect, it } from '@jest/globals';
import type { MessageAttachment } from '@mattermost/types/message_attachments';
import fc from 'fast-check';
import { answer, anyEvent, textsIn } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { fillingEvent, LENGTHS } from '../../../test/support/formats/filling.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { mattermost } from './mattermost.js';

const webhook = { ...SAMPLE_WEBHOOK, url: 'https://chat.example/hooks/secrettail' };

const bodyOf = (event = eventOf('entity.created', { name: 'Jane' }), options: object = {}): any =>
  JSON.parse(mattermost.render(event, { ...options }, webhook).body.toString());

/** What the types of Mattermost know of an attachment, of the properties that are used here. */
type Known = Pick<MessageAttachment, 'fallback' | 'color' | 'title' | 'title_link' | 'fields' | 'footer'>;

function expectHarmless(body: any): void {
  expect(body.text).toBeUndefined();
  const { title_link, ...attachment }: Known = body.attachments[0];
  if (title_link) expect(title_link).toMatch(/^https:\/\/basset\.example\//);
  const texts = textsIn({ ...attachment, color: undefined });
  for (const text of texts) {
    expect(text).not.toMatch(/(?<!\\)(?:\\\\)*[*_~`|>[\]()#]/);
    expect(text).not.toMatch(/[@<](?!\u200b)|https?:\/\//);
  }
  expect(texts.join('').length).toBeLessThanOrEqual(12_000);
  for (const { value } of attachment.fields ?? []) expect(value).not.toBe('');
}

describe('mattermost', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('mattermost', mattermost, {}, webhook.url);
  });

  it('renders one attachment', () => {
    const event = eventOf('entity.deleted', { name: 'a*b <!channel>' });
    const link_template = 'https://basset.example/{id}';
    const attachment: Known = {
      fallback: 'Entity deleted: a\\*b \\<\u200b\\!channel\\> \\(project op\\-lantern\\)',
      color: '#8b5cf6',
      title: 'Entity deleted: a\\*b \\<\u200b\\!channel\\>',
      title_link: 'https://basset.example/evt-entity.deleted',
      fields: [
        { title: 'project\\_id', value: 'op\\-lantern', short: true },
        { title: 'name', value: 'a\\*b \\<\u200b\\!channel\\>', short: true },
      ],
      footer: 'basset\\-hound · op\\-lantern · evt\\-entity.deleted',
    };
    expect(bodyOf(event, { link_template })).toEqual({ attachments: [attachment] });
  });

  it('overrides channel and name only when told to', () => {
    const options = { channel: 'soc', username: 'Basset' };
    expect(bodyOf(undefined, options)).toMatchObject(options);
  });

  it('stays within the limits and harms nobody, whatever the data', () => {
    const link_template = 'https://basset.example/e/{name}';
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        expectHarmless(bodyOf(event, { link_template, ...(fields && { fields }) }));
      }),
    );
    for (const event of SAMPLE_EVENTS) expectHarmless(bodyOf(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const options of [{}, withAllFields(event)]) expectHarmless(bodyOf(event, options));
  });

  it('leaves a fact out for whose value no room is left', () => {
    for (const first of LENGTHS) {
      const { event, options } = fillingEvent('<', first);
      const { fields } = bodyOf(event, options).attachments[0];
      expect(fields.length).toBeGreaterThan(10);
      for (const { value } of fields) expect(value).toMatch(/</);
    }
  });

  it('shows many events as one message', () => {
    const body = JSON.parse(mattermost.renderDigest!(SAMPLE_EVENTS, {}, webhook).body.toString());
    expect(body.attachments[0].title).toBe('60 events');
    expectHarmless(body);
  });

  const error = (id: string, status_code: number) => ({ id, message: 'm', detailed_error: '', status_code });

  it.each([
    [200, 'ok', { outcome: 'success' }],
    [200, 'logged in', { outcome: 'rejected', reason: 'Mattermost: logged in' }],
    [
      400,
      error('web.incoming_webhook.text.app_error', 400),
      { outcome: 'rejected', reason: 'Mattermost: m' },
    ],
    [
      400,
      error('web.incoming_webhook.invalid.app_error', 400),
      { outcome: 'blocked', reason: 'Mattermost: m' },
    ],
    [
      404,
      error('web.incoming_webhook.channel.app_error', 404),
      { outcome: 'blocked', reason: 'Mattermost: m' },
    ],
    [404, error('api.context.404.app_error', 404), { outcome: 'gone', reason: 'Mattermost: m' }],
    [404, '<html>', { outcome: 'blocked' }],
    [
      403,
      error('web.incoming_webhook.permissions.app_error', 403),
      { outcome: 'blocked', reason: 'Mattermost: m' },
    ],
    [
      501,
      error('web.incoming_webhook.disabled.app_error', 501),
      { outcome: 'blocked', reason: 'Mattermost: m' },
    ],
    [413, '', { outcome: 'rejected' }],
    [429, '', { outcome: 'throttled' }],
    [500, error('web.incoming_webhook.post.app_error', 500), { outcome: 'retry', reason: 'Mattermost: m' }],
  ])('takes %i %j for %j', (status, body, expected) => {
    expect(mattermost.interpret(answer(status, body), {})).toEqual(expected);
  });

  it.each([
    ['text', 'rejected'],
    ['parse', 'rejected'],
    ['decode', 'rejected'],
    ['parse_form', 'rejected'],
    ['split_props_length', 'rejected'],
    ['invalid', 'blocked'],
    ['disabled', 'blocked'],
    ['channel', 'blocked'],
    ['channel_locked', 'blocked'],
    ['permissions', 'blocked'],
    ['user', 'blocked'],
    ['constructor', 'retry'],
  ])('takes the word %s for %s, whatever the status', (word, outcome) => {
    const refused = answer(500, error(`web.incoming_webhook.${word}.app_error`, 500));
    expect(mattermost.interpret(refused, {}).outcome).toBe(outcome);
  });

  it.each([
    ['https://chat.example/hooks/abc', 0],
    ['https://chat.example/sub/hooks/abc', 0],
    ['https://chat.example/', 1],
    ['https://chat.example/hooks/', 1],
  ])('%s has %i problems', (url, problems) => {
    expect(mattermost.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
  });
});
