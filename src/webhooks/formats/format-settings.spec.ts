import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../common/domain-error.js';
import { withFormat } from './format-settings.js';
import type { Webhook, WebhookSettings } from '../webhook.js';

const SHOWN = 'https://chat.example/hooks/***';
const TRUE = 'https://chat.example/hooks/planted';
const plain = {
  id: 'w',
  url: 'https://a.example/in',
  trueUrl: 'https://a.example/in',
  format: 'basset',
  formatOptions: {},
  headers: {},
  locked: false,
} as unknown as Webhook;
const secret: Webhook = { ...plain, url: SHOWN, trueUrl: TRUE, formatOptions: { url_is_secret: true } };

function placesOf(changes: Partial<WebhookSettings>, webhook: Webhook): unknown[] {
  try {
    withFormat(changes, webhook);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.fields.map(({ loc, type }) => [loc.slice(1).join('.'), type]);
  }
}

describe('a change of a webhook', () => {
  it('that speaks of neither format nor URL is left alone', () => {
    const changes = { name: 'n', headers: { 'X-A': '1' } };
    expect(withFormat(changes, secret)).toBe(changes);
  });

  it('keeps the secret URL that comes back as it was shown', () => {
    const changed = withFormat({ url: SHOWN }, secret);
    expect(changed).toEqual({ url: TRUE, format: 'basset', formatOptions: { url_is_secret: true } });
  });

  it('begins anew with another URL, and with other options', () => {
    expect(withFormat({ url: 'https://chat.example/hooks/other' }, secret).endpoint).toEqual(
      expect.any(String),
    );
    expect(withFormat({ formatOptions: { url_is_secret: true } }, plain).endpoint).toEqual(
      expect.any(String),
    );
  });

  it.each<[string, Partial<WebhookSettings>, Webhook, unknown[]]>([
    ['an unknown format', { format: 'slakc' }, plain, [['format', 'format_unknown']]],
    ['an unknown option', { formatOptions: { a: 1 } }, plain, [['format_options.a', 'option_unknown']]],
    [
      'options of another format',
      { formatOptions: { chat_id: 1 } },
      plain,
      [['format_options.chat_id', 'option_unknown']],
    ],
    ['a format that needs an option', { format: 'telegram' }, plain, [['format_options.chat_id', 'missing']]],
    ['a format that takes another URL', { format: 'slack' }, plain, [['url', 'url_format']]],
    [
      'a format that needs a header',
      { format: 'splunk_hec', url: 'https://s/services/collector' },
      plain,
      [['url', 'url_format']],
    ],
    [
      'the URL of another format',
      { url: 'https://hooks.slack.com/services/T/B/X' },
      { ...plain, format: 'loki' },
      [['url', 'url_format']],
    ],
    ['stars of somebody else', { url: 'https://b.example/***' }, secret, [['url', 'url_format']]],
    ['what would show the URL', { formatOptions: {} }, secret, [['url', 'url_disclosed']]],
  ])('is refused for %s', (_, changes, webhook, expected) => {
    expect(placesOf(changes, webhook)).toEqual(expected);
  });

  it('shows the URL when it is given anew', () => {
    const changed = withFormat({ formatOptions: {}, url: 'https://b.example/open' }, secret);
    expect(changed).toMatchObject({ url: 'https://b.example/open', formatOptions: {} });
  });

  it('of one that is locked needs what no key opens', () => {
    const locked = { ...secret, trueUrl: null, locked: true };
    expect(() => withFormat({ formatOptions: { url_is_secret: true } }, locked)).toThrow('locked');
    expect(withFormat({ url: 'https://b.example/new' }, locked).url).toBe('https://b.example/new');
  });
});
