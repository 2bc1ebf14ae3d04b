import { describe, expect, it } from '@jest/globals';
import { toPace, toRendering } from './endpoint-format.js';

const keyOf = (format: string, url: string, options: object = {}): string | undefined => {
  const row = { id: 'w', format, format_options: JSON.stringify(options) };
  return toPace(row, toRendering(row), url)?.key;
};

describe('whose pace a webhook has', () => {
  const DISCORD = 'https://discord.example/api/webhooks/1/token';

  it('is that of its true URL, whatever the query: one Discord webhook is one, however many are here', () => {
    expect(keyOf('discord', `${DISCORD}?thread_id=1`)).toBe(keyOf('discord', DISCORD));
    expect(keyOf('discord', `${DISCORD}?thread_id=1`)).toBe(
      keyOf('discord', `${DISCORD}?thread_id=2&wait=true`),
    );
    expect(keyOf('discord', `${DISCORD}2`)).not.toBe(keyOf('discord', DISCORD));
    expect(keyOf('mattermost', DISCORD)).not.toBe(keyOf('discord', DISCORD));
  });

  it('of a Google Chat space is shared by all webhooks of the space', () => {
    const space = 'https://chat.example/v1/spaces/A/messages';
    expect(keyOf('google_chat', `${space}?key=a&token=b`)).toBe(
      keyOf('google_chat', `${space}?key=a&token=c`),
    );
  });

  it('of Telegram is that of the chat', () => {
    const bot = 'https://api.telegram.example/bot1:t/sendMessage';
    expect(keyOf('telegram', bot, { chat_id: 1 })).toBe(keyOf('telegram', bot, { chat_id: 1, digest: 5 }));
    expect(keyOf('telegram', bot, { chat_id: 1 })).not.toBe(keyOf('telegram', bot, { chat_id: 2 }));
  });

  it('keeps no part of the URL', () => {
    expect(keyOf('slack', 'https://slack.example/services/T/B/planted')).not.toMatch(/planted|services/);
  });

  it('is nobody’s where the format has none', () => {
    expect(keyOf('loki', 'https://loki.example/loki/api/v1/push')).toBeUndefined();
  });
});
