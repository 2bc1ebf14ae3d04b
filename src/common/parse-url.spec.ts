import { describe, expect, it } from '@jest/globals';
import { parseUrl } from './parse-url.js';

describe('parseUrl', () => {
  it.each(['', 'example', 'http://', 'http://[::1', 'https://exa mple/'])('finds no URL in %j', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });

  it('gives the same answer however often it is asked, beyond ASCII as well', () => {
    let refused = 0;
    for (let n = 0; n < 50_000; n += 1) {
      if (parseUrl(n % 2 === 0 ? 'https://bücher.example/' : 'https://example/') === undefined) refused += 1;
    }
    expect(refused).toBe(0);
    expect(parseUrl('https://bücher.example/')?.hostname).toBe('xn--bcher-kva.example');
  });
});
