import { describe, expect, it } from '@jest/globals';
import { printable, printableLines } from './text.js';

describe('a text of others', () => {
  it.each([
    ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['\u009b31m', '\\u009b31m'],
    ['a\rb\nc\td', 'a\\rb\\nc\\td'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066x\u2069 \u061c', '\\u2066x\\u2069 \\u061c'],
    ['one\u2028two\u2029three', 'one\\u2028two\\u2029three'],
    ['Zoë 日本 🐕 שלום', 'Zoë 日本 🐕 שלום'],
  ])('%j is shown as %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps its lines where it has several, and is the same JSON afterwards', () => {
    expect(printableLines('{\n  "a": 1\r\n}')).toBe('{\n  "a": 1\n}');
    const json = JSON.stringify({ name: '\u202e\u0085\u001b', list: ['\u2028'] }, null, 2);
    expect(JSON.parse(printableLines(json))).toEqual(JSON.parse(json));
  });
});
