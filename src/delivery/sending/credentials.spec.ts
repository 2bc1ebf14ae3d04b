import { describe, expect, it } from '@jest/globals';
import { hideCredentials } from './credentials.js';

const credentials = {
  secrets: ['a-signing-secret', 'short'],
  headers: { Authorization: 'Bearer the-token-1', 'X-Api-Key': 'the-api-key', 'X-Team': 'osint-team' },
};

describe('hideCredentials', () => {
  it.each([
    ['', ''],
    ['all is well', 'all is well'],
    ['got a-signing-secret twice: a-signing-secret', 'got *** twice: ***'],
    ['{"authorization":"Bearer the-token-1"}', '{"authorization":"***"}'],
    ['token the-token-1, key the-api-key', 'token ***, key ***'],
    ['osint-team is no credential, and short would hide shortly', null],
  ])('shows %j as %j', (text, shown) => {
    expect(hideCredentials(text, credentials)).toBe(shown ?? text);
  });
});
