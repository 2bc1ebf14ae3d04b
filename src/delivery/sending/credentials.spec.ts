import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hideCredentials, type Credentials } from './credentials.js';

const credentials: Credentials = {
  secrets: ['a-signing-secret', 'short'],
  headers: { Authorization: 'Bearer the-token-1', 'X-Api-Key': 'the-api-key', 'X-Team': 'osint-team' },
};

const withHeader = (value: string): Credentials => ({ secrets: [], headers: { Authorization: value } });

describe('hideCredentials', () => {
  it.each([
    ['', ''],
    ['all is well', 'all is well'],
    ['got a-signing-secret twice: a-signing-secret', 'got *** twice: ***'],
    ['{"authorization":"Bearer the-token-1"}', '{"authorization":"***"}'],
    ['token the-token-1, key the-api-key', 'token ***, key ***'],
    [
      'osint-team is no credential, and short would hide shortly',
      'osint-team is no credential, and *** would hide shortly',
    ],
    ['{"error":"bad token","code":17}', '{"error":"bad token","code":17}'],
    ['Bearer authentication', 'Bearer authentication'],
  ])('shows %j as %j', (text, shown) => {
    expect(hideCredentials(text, credentials)).toBe(shown);
  });

  it('hides the value of any header but of the few that everybody may see', () => {
    const odd: Credentials = {
      secrets: [],
      headers: { 'X-Pass': 'hunter2-hunter2', 'X-Source': 'basset-hound' },
    };
    expect(hideCredentials('X-Pass: hunter2-hunter2, X-Source: basset-hound', odd)).toBe(
      'X-Pass: ***, X-Source: basset-hound',
    );
  });

  it('hides the parts of a login', () => {
    const basic = withHeader(`Basic ${Buffer.from('analyst:pä55/wörd').toString('base64')}`);
    expect(hideCredentials('user=analyst pass=pä55/wörd', basic)).toBe('user=*** pass=***');
    expect(hideCredentials('{"login":"analyst:p\\u00e455\\/w\\u00f6rd"}', basic)).toBe('{"login":"***"}');
    const cookie: Credentials = { secrets: [], headers: { Cookie: 'sid="abc123"; theme=dark' } };
    expect(hideCredentials('sid is abc123!', cookie)).toBe('sid is ***!');
  });

  it('hides what the receiver has shown of it in part, or cut off', () => {
    const value = withHeader('Bearer 0123456789abcdef0123456789abcdef');
    expect(hideCredentials('starts with 0123456789', value)).toBe('starts with ***');
    expect(hideCredentials('ends in ...89abcdef.', value)).toBe('ends in ...***.');
    expect(hideCredentials('token: 01234', value)).toBe('token: ***');
    expect(hideCredentials('x'.repeat(1022) + '01', value, 'cut')).toBe('x'.repeat(1022) + '***');
    expect(hideCredentials('the answer is 01', value)).toBe('the answer is 01');
  });

  it('leaves nothing of it at the end of a text that was cut, wherever in it that is', () => {
    const value = withHeader('Bearer 0123456789abcdef0123456789abcdef');
    for (let length = 2; length <= 7; length += 1) {
      const cut = `${'x'.repeat(1000)} ${'9abcdef0'.slice(0, length)}`;
      expect(hideCredentials(cut, value, 'cut')).toBe(`${'x'.repeat(1000)} ***`);
    }
    expect(hideCredentials('a sentence about 9abcd', value, 'perhaps cut')).toBe('a sentence about ***');
    expect(hideCredentials('a sentence of HTTP 456', value, 'perhaps cut')).toBe('a sentence of HTTP 456');
    expect(hideCredentials('all is said about 9abcd', value)).toBe('all is said about 9abcd');
  });

  it('looks at no webhook without credentials', () => {
    expect(hideCredentials('%41 &amp; \\u0041', { secrets: [], headers: { 'X-Team': 'a' } })).toBe(
      '%41 &amp; \\u0041',
    );
  });
});

/** One character of the text at a time, so that every mixture of encodings comes up. */
const ENCODERS: readonly ((char: string) => string)[] = [
  (char) => char,
  (char) => JSON.stringify(char).slice(1, -1),
  (char) => (char === '/' ? '\\/' : char),
  (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  (char) => encodeURIComponent(char),
  (char) => `&#${char.charCodeAt(0)};`,
  (char) => `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
  (char) =>
    ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '/': '&#x2F;' })[char] ?? char,
  (char) => `%25${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  (char) => `\\\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
];

const token = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 12,
  maxLength: 60,
});
/** No piece of it is a whole one, and no scheme. */
const plainToken = token.filter((text) => !/[;,="]/.test(text));

/** Without what begins an escape: some characters written out and some not could be read in two ways. */
const unambiguous = plainToken.filter((text) => !/[\\%&]/.test(text));

/** No eight characters in a row. */
function expectNothingOf(secret: string, shown: string, least = 8): void {
  const parts = Array.from({ length: Math.max(0, secret.length - least + 1) }, (_, at) =>
    secret.slice(at, at + least),
  );
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
}

describe('no part of a credential', () => {
  it('is shown, in whatever way each of its characters was written', () => {
    fc.assert(
      fc.property(unambiguous, fc.infiniteStream(fc.nat(ENCODERS.length - 1)), (secret, random) => {
        const written = Array.from(secret)
          .map((char) => ENCODERS[random.next().value as number]?.(char) ?? char)
          .join('');
        const shown = hideCredentials(`<${written}>`, withHeader(`Bearer ${secret}`));
        expect(shown).toBe('<***>');
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, (secret: string) => string]>([
    ['JSON', (secret) => JSON.stringify({ echoed: { authorization: `Bearer ${secret}` } })],
    ['JSON in JSON', (secret) => JSON.stringify(JSON.stringify({ authorization: secret }))],
    ['a form', (secret) => new URLSearchParams({ authorization: `Bearer ${secret}` }).toString()],
    ['base64', (secret) => Buffer.from(`authorization: Bearer ${secret}\n`).toString('base64')],
    ['base64 of JSON', (secret) => Buffer.from(JSON.stringify({ a: 1, secret })).toString('base64')],
    ['base64url', (secret) => Buffer.from(`x${secret}x`).toString('base64url')],
    ['hexadecimal', (secret) => Buffer.from(secret).toString('hex')],
  ])('is shown as %s, wherever it is cut', (_, write) => {
    const alphanumeric = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefgXYZ0123456789/+-_')),
      minLength: 16,
      maxLength: 60,
    });
    fc.assert(
      fc.property(alphanumeric, fc.nat(), (secret, random) => {
        const whole = write(secret);
        const cut = whole.slice(0, 1 + (random % whole.length));
        for (const text of [whole, cut]) {
          const shown = hideCredentials(text, withHeader(`Bearer ${secret}`), 'cut');
          expectNothingOf(secret, shown);
          for (const encoding of ['base64', 'base64url', 'hex'] as const) {
            for (const lead of ['', 'x', 'xx']) {
              const encoded = Buffer.from(lead + secret)
                .toString(encoding)
                .slice(4, -4);
              expectNothingOf(encoded, shown, 12);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is left at the end of a cut text', () => {
    fc.assert(
      fc.property(plainToken, fc.integer({ min: 1, max: 60 }), (secret, shown) => {
        const text = '~'.repeat(20) + ' '.repeat(3) + secret.slice(0, shown);
        const seen = hideCredentials(text, withHeader(`Bearer ${secret}`), 'cut');
        expect(seen).toBe(`${'~'.repeat(20)}${' '.repeat(3)}***`);
      }),
    );
  });

  it('of a login is shown: the encoded one, both halves, and the example of a real receiver', () => {
    const value = 'dXNlcjpw/3NzL3dvcmQ/abcdefgh';
    const basic = withHeader(`Basic ${value}`);
    for (const text of [value, value.replaceAll('/', '\\/'), encodeURIComponent(value)]) {
      expect(hideCredentials(text, basic)).toBe('***');
    }
    expect(hideCredentials(`Basic ${value.slice(0, 9)}`, basic)).toBe('Basic ***');
    const password = Buffer.from(value, 'base64').subarray(5).toString('latin1');
    expect(hideCredentials(`got ${password}`, basic)).toBe('got ***');
  });

  it('is shown when it is short and stands alone', () => {
    for (const secret of ['abc', 's3cr3t', 'p/q"r']) {
      for (const text of [
        secret,
        `"${secret}"`,
        `x=${encodeURIComponent(secret)}&y`,
        JSON.stringify({ k: secret }),
      ]) {
        expect(hideCredentials(text, withHeader(secret))).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(hideCredentials(text, withHeader(secret))).toContain('***');
      }
    }
  });
});

describe('a secret that is short, or may be a word', () => {
  const topic = (value: string): Credentials => ({
    ...{ secrets: [], headers: {} },
    hidden: [{ name: 'topic', value, anywhere: false }],
  });
  const inPath = (value: string): Credentials => ({
    ...{ secrets: [], headers: {} },
    hidden: [{ value, anywhere: false }],
  });

  it.each([
    [
      '{"id":"x","topic":"a","title":"a","message":"a cat"}',
      '{"id":"x","topic":"***","title":"a","message":"a cat"}',
    ],
    ['{\\"topic\\": \\"a\\"}', '{\\"topic\\": \\"***\\"}'],
    ['{"topics":["a"],"cat":"a"}', '{"topics":["***"],"cat":"a"}'],
    ['no such topic a', 'no such topic ***'],
    ["topic 'a', please", "topic '***', please"],
    ['https://ntfy.example/a/json', 'https://ntfy.example/***/json'],
    ['https%3A%2F%2Fntfy.example%2Fa', 'https%3A%2F%2Fntfy.example%2F***'],
    ['/publish?topic=a&x=1', '/publish?topic=***&x=1'],
    ['a', '***'],
    ['the mayor of a city', 'the mayor of a city'],
    ['a/b and HTTP/1.1', 'a/b and HTTP/1.1'],
  ])('as an option is hidden where it stands as that: %s', (text, shown) => {
    expect(hideCredentials(text, topic('a'))).toBe(shown);
    const word = (of: string): string => of.replace(/(?<![a-z*])a(?![a-z*])/g, 'incident');
    expect(hideCredentials(word(text), topic('incident'))).toBe(word(shown));
  });

  it.each([
    ['Cannot POST /hooks/team/incident', 'Cannot POST /hooks/team/***'],
    ['no hook "incident"', 'no hook "***"'],
    ['unknown key incident.', 'unknown key ***.'],
    ['{"incident":"an incident"}', '{"incident":"an incident"}'],
    ['https://a.example/?incident', 'https://a.example/?***'],
  ])('as a part of a path: %s', (text, shown) => {
    expect(hideCredentials(text, inPath('incident'))).toBe(shown);
  });

  it('is hidden where a text was cut within it', () => {
    expect(hideCredentials('{"topic":"inci', topic('incident'), 'cut')).toBe('{"topic":"***');
    expect(hideCredentials('{"title":"inci', topic('incident'), 'cut')).toBe('{"title":"inci');
  });

  it('is not found in what was encoded, either', () => {
    const echo = Buffer.from('{"topic":"incidents"}').toString('base64');
    expect(hideCredentials(echo, topic('incidents'))).toContain('***');
  });
});
