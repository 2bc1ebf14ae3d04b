import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyEvent, textsIn } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { fillingEvent, LENGTHS } from '../../../test/support/formats/filling.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { googleChat } from './google-chat.js';

const webhook = {
  ...SAMPLE_WEBHOOK,
  url: 'https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=secret',
};
const link_template = 'https://basset.example/e/{name}';

const render = (event = eventOf('entity.created', { name: 'Jane' }), options: object = {}) => {
  const request = googleChat.render(event, { ...options }, webhook);
  return { ...request, json: JSON.parse(request.body.toString()) };
};

function expectHarmless({ body, json }: { body: Buffer; json: any }): void {
  expect(body.length).toBeLessThanOrEqual(32_000);
  expect(Object.keys(json)).toEqual(['fallbackText', 'cardsV2']);
  expect(json.fallbackText).toMatch(/^[\w ]+$/);
  const texts = textsIn(json.cardsV2[0].card).filter((text) => !text.startsWith('https://basset.example/'));
  for (const text of texts) expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]|https?:\/\//);
  const { widgets } = json.cardsV2[0].card.sections[0];
  expect(widgets.length).toBeGreaterThan(0);
  for (const { decoratedText } of widgets) expect(decoratedText?.text).not.toBe('');
}

describe('google_chat', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('google_chat', googleChat, {}, webhook.url);
  });

  it('renders a card, by a request that may be repeated', () => {
    const { json, url, headers } = render(eventOf('entity.created', { name: '<b>' }), { link_template });
    expect(headers['Content-Type']).toBe('application/json; charset=UTF-8');
    expect(url).toMatch(
      /^https:\/\/chat\.googleapis\.com\/v1\/spaces\/AAA\/messages\?key=k&token=secret&requestId=[0-9a-f]{32}$/,
    );
    expect(render(eventOf('entity.created', {})).url).toBe(url);
    expect(render(eventOf('entity.created', {}, { id: 'other' })).url).not.toBe(url);
    expect(json.fallbackText).toBe('Entity created');
    expect(json.cardsV2[0].cardId).toBe('evt-entity.created');
    expect(json.cardsV2[0].card).toEqual({
      header: {
        title: 'Entity created: &lt;b&gt;',
        subtitle: 'basset-hound · op-lantern · evt-entity.created',
      },
      sections: [
        {
          widgets: [
            { decoratedText: { topLabel: 'project_id', text: 'op-lantern', wrapText: true } },
            { decoratedText: { topLabel: 'name', text: '&lt;b&gt;', wrapText: true } },
            {
              buttonList: {
                buttons: [
                  { text: 'Open', onClick: { openLink: { url: 'https://basset.example/e/%3Cb%3E' } } },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it('has a thread for each project when asked to', () => {
    const [one, other] = ['a', 'b'].map((projectId) =>
      render(eventOf('entity.created', {}, { projectId }), { threads: true }),
    );
    const { searchParams } = new URL(one!.url);
    expect(searchParams.get('messageReplyOption')).toBe('REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
    expect(one!.json.thread.threadKey).not.toBe(other!.json.thread.threadKey);
  });

  it('stays within the limits and harms nobody, whatever the data', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        expectHarmless(render(event, { link_template, ...(fields && { fields }) }));
      }),
    );
    for (const event of SAMPLE_EVENTS) expectHarmless(render(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const options of [{}, withAllFields(event)]) expectHarmless(render(event, options));
    const digest = googleChat.renderDigest!(SAMPLE_EVENTS, {}, webhook);
    expectHarmless({ ...digest, json: JSON.parse(digest.body.toString()) });
  });

  it('has a digest that is repeated for the same events only, and no thread of a project that is not theirs', () => {
    const digest = (...ids: [string, string | null][]): any => {
      const events = ids.map(([id, projectId]) => eventOf('entity.created', {}, { id, projectId }));
      const { url, body } = googleChat.renderDigest!(events, { threads: true }, webhook);
      return { url, thread: JSON.parse(body.toString()).thread.threadKey };
    };
    const one = digest(['1', 'a'], ['2', 'a']);
    expect(digest(['1', 'a'], ['2', 'a'])).toEqual(one);
    expect(digest(['1', 'a'], ['3', 'a']).url).not.toBe(one.url);
    expect(digest(['1', 'a'], ['2', 'b']).thread).toBe(digest(['1', null], ['2', null]).thread);
    expect(one.thread).not.toBe(digest(['1', 'a'], ['2', 'b']).thread);
  });

  const error = (code: number, status: string) => ({ error: { code, message: 'm', status } });

  it.each([
    [200, { name: 'spaces/AAA/messages/1' }, { outcome: 'success' }],
    [400, error(400, 'INVALID_ARGUMENT'), { outcome: 'rejected', reason: 'Google Chat: m' }],
    [401, error(401, 'UNAUTHENTICATED'), { outcome: 'blocked', reason: 'Google Chat: m' }],
    [403, error(403, 'PERMISSION_DENIED'), { outcome: 'blocked', reason: 'Google Chat: m' }],
    [404, error(404, 'NOT_FOUND'), { outcome: 'gone', reason: 'Google Chat: m' }],
    [
      404,
      JSON.stringify(error(404, 'NOT_FOUND')).replace('}}', ',"details":[{"x":"cut'),
      { outcome: 'gone', reason: 'Google Chat: m' },
    ],
    [404, '<html>', { outcome: 'blocked' }],
    [429, error(429, 'RESOURCE_EXHAUSTED'), { outcome: 'throttled', reason: 'Google Chat: m' }],
    [503, '', { outcome: 'retry' }],
  ])('takes %i %j for %j', (status, body, expected) => {
    expect(googleChat.interpret(answer(status, body), {})).toEqual(expected);
  });

  it('leaves a fact out for whose text no room is left', () => {
    for (const first of LENGTHS) {
      const { event, options } = fillingEvent('&', first);
      const widgets = render(event, options).json.cardsV2[0].card.sections[0].widgets as any[];
      expect(widgets.length).toBeGreaterThan(10);
      for (const { decoratedText } of widgets) expect(decoratedText.text).toMatch(/&amp;/);
    }
  });

  it('shows its sentence where there is nothing else', () => {
    const { card } = render(eventOf('entity.created', { name: 'Jane' }), { fields: [] }).json.cardsV2[0];
    expect(card.sections[0].widgets).toEqual([
      { textParagraph: { text: 'Entity created: Jane (project op-lantern)' } },
    ]);
  });

  it('has nothing to say of a success', () => {
    const message = { name: 'spaces/AAA/messages/1', message: 'm' };
    expect(googleChat.interpret(answer(200, message), {})).toEqual({ outcome: 'success' });
  });

  it('needs the whole URL', () => {
    expect(googleChat.checkUrl(new URL(webhook.url), {}, []).problems).toEqual([]);
    const other = new URL('https://chat.googleapis.com/v1/spaces/AAA/messages/1?key=k&token=t');
    expect(googleChat.checkUrl(other, {}, []).problems).toHaveLength(1);
    const short = new URL('https://chat.googleapis.com/v1/spaces/AAA/messages?key=k');
    expect(googleChat.checkUrl(short, {}, []).problems).toHaveLength(1);
  });
});
