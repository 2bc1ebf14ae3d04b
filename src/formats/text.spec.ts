import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_TEXTS } from '../../test/support/formats/hostile-texts.js';
import { cleanLine, cleanText, defang, fit, utf8Length } from './text.js';

/** Any UTF-16, halves of pairs included, and what is known to do harm. */
const anyText = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...HOSTILE_TEXTS), { maxLength: 4 }).map((texts) => texts.join('')),
);

describe('cleaning', () => {
  it.each([
    ['a\r\nb\rc\u2028d\u2029e', 'a\nb\nc\nd\ne'],
    ['tab\tstays', 'tab\tstays'],
    ['\x00\x07\x0b\x1b[31mred\x7f\x85', '[31mred'],
    ['\u202egnp.exe\u2066\u2069\ufeff\u200e', 'gnp.exe'],
    ['\ud800x\udfff👍', '\ufffdx\ufffd👍'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('makes one line of several', () => {
    expect(cleanLine('  a \r\n\t b\u2029c ')).toBe('a b c');
  });

  it('leaves no control or bidi character and no half a pair, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(/(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanLine(text)).not.toMatch(/[\n\t]|^\s|\s$/);
      }),
    );
  });
});

describe('defanging', () => {
  it.each([
    ['https://evil.example/a.b?x=1', 'hxxps://evil[.]example/a[.]b?x=1'],
    ['HTTP://EVIL.example', 'hxxp://EVIL[.]example'],
    ['ftp://a.example', 'fxp://a[.]example'],
    ['slack://open?id=1', 'slack[:]//open?id=1'],
    ['javascript:alert(1) mailto:a@b.example', 'javascript[:]alert(1) mailto[:]a[@]b[.]example'],
    ['someone@example.com', 'someone[@]example[.]com'],
    ['at 198.51.100.7.', 'at 198[.]51[.]100[.]7.'],
    ['bücher.example', 'bücher[.]example'],
    ['evil。example', 'evil[.]example'],
    ['i❤.ws www.❤\ufe0f.ws a\u200b.example', 'i❤[.]ws www[.]❤\ufe0f[.]ws a\u200b[.]example'],
    ['1.5 kg. And 0.75, at 12:03:11.799', '1.5 kg. And 0.75, at 12:03:11.799'],
    ['data: none', 'data: none'],
    ['hxxp://evil[.]com a[@]b[.]c fxp://x', 'hxxp://evil[.]com a[@]b[.]c fxp://x'],
    ['hxxp://evil[.]com and a@b.c', 'hxxp://evil[.]com and a[@]b[.]c'],
    ['SMS:+4912 magnet:?xt=urn:btih bitcoin:1A', 'SMS[:]+4912 magnet[:]?xt=urn[:]btih bitcoin[:]1A'],
    [
      'ms-word:ofe odd:?a web+pay:x sip:a@b.example',
      'ms-word[:]ofe odd[:]?a web+pay[:]x sip[:]a[@]b[.]example',
    ],
    ['Note:x C:\\a key:value 12:30 fe80::1 std::map', 'Note:x C:\\a key:value 12:30 fe80::1 std::map'],
  ])('%j becomes %j', (text, safe) => {
    expect(defang(text)).toBe(safe);
  });

  it('leaves what was made unclickable before, whatever the text', () => {
    const pieces = fc.constantFrom('@', '[', ']', '.', ':', '//', 'http', 'hxxp', 'a', 'sms', '1.2.3.4', '?');
    const built = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(anyText, built), (text) => {
        const safe = defang(cleanText(text));
        expect(defang(safe)).toBe(safe);
      }),
    );
  });

  it('leaves nothing that a client would make a link of', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = defang(cleanText(text));
        expect(safe).not.toMatch(/https?:\/\/|[\p{L}\p{N}\p{S}]\.[\p{L}\p{So}]|(?<!\[)@/iu);
      }),
    );
  });
});

describe('cutting', () => {
  const escape = (text: string): string => text.replaceAll('&', '&amp;');

  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['👩‍👩‍👧👩‍👩‍👧', 9, '👩‍👩‍👧…'],
    ['👩‍👩‍👧x', 8, '👩‍👩\u200d…'],
    ['e\u0301e\u0301', 3, 'e\u0301…'],
    ['abc', 0, ''],
    ['abc', 1, '…'],
  ])('%j to %i is %j', (text, most, cut) => {
    expect(fit(text, most).text).toBe(cut);
  });

  it('counts what is escaped, and says whether it cut', () => {
    expect(fit('a&b', 7, { escape })).toEqual({ text: 'a&amp;b', cut: false });
    expect(fit('a&b', 6, { escape })).toEqual({ text: 'a…', cut: true });
    expect(fit('a&b', 7, { escape: (text) => escape(text) })).toEqual({ text: 'a&amp;b', cut: false });
    expect(fit('жжж', 6, { measure: utf8Length })).toEqual({ text: 'жжж', cut: false });
    expect(fit('жжж', 5, { measure: utf8Length })).toEqual({ text: 'ж…', cut: true });
  });

  it('never exceeds the limit, and is the beginning of the text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(200), fc.boolean(), (text, most, inBytes) => {
        const measure = inBytes ? utf8Length : (of: string): number => of.length;
        const clean = cleanText(text);
        const fitted = fit(clean, most, { escape, measure });
        expect(measure(fitted.text)).toBeLessThanOrEqual(most);
        expect(fitted.text.isWellFormed()).toBe(true);
        expect(fitted.cut).toBe(measure(escape(clean)) > most);
        const kept = fitted.cut ? fitted.text.replace(/…$/, '') : fitted.text;
        expect(escape(clean).startsWith(kept)).toBe(true);
      }),
    );
  });
});
