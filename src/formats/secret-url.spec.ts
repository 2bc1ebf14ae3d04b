import { describe, expect, it } from '@jest/globals';
import { shownUrl, urlSecrets } from './secret-url.js';

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
    expect(urlSecrets(url).toSorted()).toEqual(['a1b2', 'ab%2Fcd%20e', 'ab/cd e']);
    expect(urlSecrets('https://x.example/?key=100%')).toEqual(['100%']);
    expect(urlSecrets('https://x.example/?short&plain=abc&plain=long-value')).toEqual([
      'short',
      'long-value',
    ]);
  });

  it('of Teams hides the signature, and none of the words that its answers have', () => {
    const query = 'api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Abc-Def_123';
    expect(urlSecrets(`https://x.example/workflows/a1b2?${query}`)).toEqual(['a1b2', 'Abc-Def_123']);
  });
});
