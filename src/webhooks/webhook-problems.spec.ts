import { describe, expect, it } from '@jest/globals';
import { secretProblems, settingProblems } from './webhook-problems.js';

const places = (given: object): string[] => settingProblems(given).map(({ loc }) => loc.join('.'));
const many = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, '']));

describe('settingProblems', () => {
  it('finds nothing wrong with a good webhook, nor with what is not said', () => {
    const headers = { 'X-Team': 'osint', constructor: 'x', 'X-Empty': '', 'X-Tab': 'a\tb' };
    const retry = { max_retries: 10, initial_delay: 0.1, max_delay: 3600, backoff_multiplier: 1 };
    const given = { name: 'n', url: 'https://example.com/h?q=1', secret: '', events: ['*'], project_id: '' };
    expect(places({ ...given, headers, retry_config: retry })).toEqual([]);
    expect(places({})).toEqual([]);
    expect(places({ name: null, url: null, events: null, headers: null, retry_config: null })).toEqual([]);
  });

  it('names everything at once', () => {
    const given = {
      name: '',
      url: 'http://u:p@h/#f',
      secret: 'x'.repeat(1025),
      events: ['entity.created', 1],
      headers: { Host: 'x', 'X-A': '\n' },
      project_id: '\ud800',
      retry_config: { max_retries: 1.5, max_delay: Infinity },
    };
    expect(places(given)).toEqual([
      'body.name',
      'body.url',
      'body.url',
      'body.secret',
      'body.events.1',
      'body.headers.Host',
      'body.headers.X-A',
      'body.project_id',
      'body.retry_config.max_retries',
      'body.retry_config.max_delay',
    ]);
  });

  it.each([
    [{ name: '\u{1f415}'.repeat(100) }, []],
    [{ name: '\u{1f415}'.repeat(101) }, ['body.name']],
    [{ project_id: 'a\ufe0f'.repeat(128) }, ['body.project_id']],
    [{ url: `http://h/${'x'.repeat(2040)}` }, ['body.url']],
    [{ events: [] }, ['body.events']],
    [{ events: Array.from({ length: 101 }, () => '*') }, ['body.events']],
  ])('bounds %j', (given, expected) => expect(places(given)).toEqual(expected));

  it.each([
    'http://',
    'http://exa mple.com/',
    'http://h/a\nb',
    'http://exam\tple.com/',
    'http://a\\@b/',
    'http://[::1/',
    'http://user@h/',
    'http://:pw@h/',
    'https://h/#',
    'http://h/\ud800',
  ])('refuses the URL %j', (url) => expect(places({ url })).toEqual(['body.url']));

  it.each(['   ', 'ftp://h/', 'h', ' https://h/ ', 'HTTP://h', 'http://[2001:db8::1]:8080/'])(
    'leaves the URL %j to others',
    (url) => expect(places({ url })).toEqual([]),
  );

  it.each([
    'host',
    'CONTENT-LENGTH',
    'Transfer-Encoding',
    'connection',
    'content-type',
    'X-Webhook-Foo',
    'webhook-id',
  ])('keeps the header %s for the service', (name) =>
    expect(places({ headers: { [name]: 'x' } })).toEqual([`body.headers.${name}`]),
  );

  it.each([
    [{ 'bad name': 'x' }, ['body.headers']],
    [{ '': 'x' }, ['body.headers']],
    [{ 'X-Ä': 'x' }, ['body.headers']],
    [{ 'X-A': 'x', 'x-a': 'y' }, ['body.headers']],
    [{ 'X-A': 'a\r\nX-B: b' }, ['body.headers.X-A']],
    [{ 'X-A': ' x' }, ['body.headers.X-A']],
    [{ 'X-A': 1 }, ['body.headers.X-A']],
    [many(51), ['body.headers']],
    [{ 'X-A': 'x'.repeat(8190) }, ['body.headers']],
  ])('refuses the headers %j', (headers, expected) => expect(places({ headers })).toEqual(expected));

  it('takes as many headers as are allowed', () => {
    expect(places({ headers: many(50) })).toEqual([]);
    expect(places({ headers: { 'X-A': 'x'.repeat(8189) } })).toEqual([]);
  });
});

describe('a secret', () => {
  it.each([
    'whsec_',
    'whsec_my-own-secret!',
    'whsec_dGVzdA',
    'whsec_dGVzd-_=',
    'whsec_ dGVzdA==',
    'whsec_dGVzdA===',
    '***',
  ])('that no verifier of Standard Webhooks can use is refused: %j', (secret) => {
    expect(secretProblems(secret)).toHaveLength(1);
    expect(places({ secret })).toEqual(['body.secret']);
  });

  it.each([
    'whsec_dGVzdA==',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'any text',
    'whsec',
    'WHSEC_x',
    '',
    null,
  ])('that all of them can use, or that is none of theirs, is taken: %j', (secret) =>
    expect(secretProblems(secret)).toEqual([]),
  );
});
