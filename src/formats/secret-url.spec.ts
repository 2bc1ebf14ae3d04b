import { describe, expect, it } from '@jest/globals';
import { isUnmistakable, shownUrl, urlSecrets } from './secret-url.js';

const anywhere = (url: string): string[] =>
  urlSecrets(url).flatMap((secret) => (secret.anywhere ? [secret.value] : []));
const inPlace = (url: string): string[] =>
  urlSecrets(url).flatMap(({ name = '/', value, ...of }) => (of.anywhere ? [] : [`${name} ${value}`]));

describe('a URL that is a secret', () => {
  it.each([
    ['https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/***'],
    ['https://discord.com/api/v10/webhooks/1/tok?wait=true', 'https://discord.com/api/***'],
    ['https://api.telegram.org/bot123:ABC/sendMessage', 'https://api.telegram.org/***'],
    [
      'https://x.environment.api.powerplatform.com:443/powerautomate/a?sig=s',
      'https://x.environment.api.powerplatform.com/powerautomate/***',
    ],
    ['http://chat.example:8065/hooks/abc', 'http://chat.example:8065/hooks/***'],
    ['https://example.com/hooks', 'https://example.com/***'],
    ['https://example.com/?key=s', 'https://example.com/***'],
    ['https://example.com', 'https://example.com/'],
  ])('%s is shown as %s, which is shown as itself', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
    expect(shownUrl(shown)).toBe(shown);
  });

  it('has secrets in its path and query, as they stand there and decoded, but no ordinary words', () => {
    const url = 'https://x.example/workflows/a1b2/triggers/manual/paths/invoke?api-version=1&sig=ab%2Fcd%20e';
    expect(anywhere(url).toSorted()).toEqual(['a1b2', 'ab%2Fcd%20e', 'ab/cd e']);
    expect(inPlace(url)).toEqual([]);
    expect(anywhere('https://x.example/?key=100%')).toEqual(['100%']);
    expect(anywhere('https://x.example/?short-1&plain=abc1&plain=long-value')).toEqual([
      'short-1',
      'long-value',
    ]);
  });

  it.each([
    ['https://slack.example/services/T/B0/team', ['/ T', '/ B0', '/ team']],
    ['https://x.example/in?team=a&key=word&wait=true&x', ['/ in', 'team a', 'key word', 'x x']],
    ['https://chat.example/v1/spaces/AAAA/messages?key=Q&token=t', ['/ AAAA', 'key Q', 'token t']],
  ])('has parts that are words, or short: %s', (url, parts) => {
    expect(inPlace(url)).toEqual(parts);
    expect(anywhere(url)).toEqual([]);
  });

  it.each(['x7Q', 'a-b', 'correct-horse', 'kFz9', 'abcdefghijklmnop', 'aB3', 'McDonald'])(
    '%s can be nothing but a secret',
    (value) => expect(isUnmistakable(value)).toBe(true),
  );
  it.each(['a', 'x7', 'incident', 'Incident', 'ALERTS', 'notifications'])('%s may be a word', (value) =>
    expect(isUnmistakable(value)).toBe(false),
  );

  it('of Teams hides the signature, and none of the words that its answers have', () => {
    const query = 'api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Abc-Def_123';
    const url = `https://x.example/workflows/a1b2?${query}`;
    expect([anywhere(url), inPlace(url)]).toEqual([['a1b2', 'Abc-Def_123'], []]);
  });
});
