import { describe, expect, it } from '@jest/globals';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import type { Format, FormatOptions } from '../../formats/format.js';
import { formatProblems } from './format-problems.js';

/** A path that each format takes, the options that it must have, and the headers. */
const GOOD: Readonly<Record<string, readonly [path: string, options?: FormatOptions, headers?: string[]]>> = {
  basset: ['/any'],
  slack: ['/services/T0/B0/planted'],
  discord: ['/api/webhooks/1/planted'],
  teams: ['/workflows/1/invoke?sig=planted'],
  mattermost: ['/hooks/planted'],
  telegram: ['/bot1:planted/sendMessage', { chat_id: -1 }],
  google_chat: ['/v1/spaces/S/messages?key=planted&token=planted'],
  ntfy: ['/', { topic: 'planted' }],
  cloudevents: ['/any'],
  splunk_hec: ['/services/collector/event', {}, ['authorization']],
  elasticsearch: ['/logs/_bulk'],
  otlp_logs: ['/v1/logs'],
  loki: ['/loki/api/v1/push'],
  ocsf: ['/any'],
  pagerduty: ['/v2/enqueue', { routing_key: '0'.repeat(32) }],
  cef: ['/any'],
  leef: ['/any'],
  gelf: ['/gelf'],
  alertmanager: ['/api/v2/alerts'],
  custom: ['/any', { template: null }],
};
/** Those that take any path. */
const ANYWHERE = new Set(['basset', 'cloudevents', 'ocsf', 'cef', 'leef', 'custom']);

const problems = ({ name }: Format, origin: string, change: (path: string) => string = (path) => path) => {
  const [path, options = {}, headerNames = []] = GOOD[name]!;
  return formatProblems({ format: name, options, url: `${origin}${change(path)}`, headerNames });
};
const places = (found: readonly { readonly loc: readonly (string | number)[] }[]): string[] =>
  found.map(({ loc }) => loc.join('.'));

describe.each(ALL_FORMATS)('a webhook of $name', (format) => {
  it.each([
    'https://a.example',
    'http://a.example',
    'https://A.EXAMPLE',
    'https://a.example.',
    'http://[::1]:8080',
  ])('may be at %s', (origin) => expect(problems(format, origin)).toEqual([]));

  it.each<[string, (path: string) => string]>([
    ['another path', () => '/nowhere/planted'],
    ['more behind it', (path) => path.replace(/(\?|$)/, '/planted/more$1')],
    ['other letters', (path) => path.toUpperCase()],
    ['an empty path', () => ''],
  ])('is refused at %s, without a word of it', (what, change) => {
    const found = problems(format, 'https://a.example', change);
    const mayBe =
      ANYWHERE.has(format.name) ||
      (format.name === 'ntfy' && /letters|empty/.test(what)) ||
      // Microsoft makes its paths anew every few years; the signature is what counts.
      (format.name === 'teams' && /more/.test(what));
    expect(places(found)).toEqual(mayBe ? [] : ['body.url']);
    expect(JSON.stringify(found)).not.toContain('planted');
  });

  it('is told which options it has when it is given those of another', () => {
    const options = { ...GOOD[format.name]?.[1], planted_by: 1 };
    const found = formatProblems({
      format: format.name,
      options,
      url: 'https://a.example/',
      headerNames: [],
    });
    expect(places(found)).toEqual(['body.format_options.planted_by']);
    expect(found[0]?.msg).toContain(`is no option of ${format.name}; its options are: `);
  });

  const names = Object.keys(format.optionsSchema['properties'] ?? {});
  it.each(names.filter((name) => name !== 'template'))('has its option %s refused at its place', (name) => {
    for (const value of [{ planted: 1 }, ['planted', {}], 'planted\n\0', -1.5, null]) {
      const options = { ...GOOD[format.name]?.[1], [name]: value };
      const [path] = GOOD[format.name]!;
      const found = formatProblems({
        format: format.name,
        options,
        url: `https://a.example${path}`,
        headerNames: [],
      });
      const elsewhere = places(found).filter((place) => !place.startsWith(`body.format_options.${name}`));
      expect(elsewhere.filter((place) => place !== 'body.url')).toEqual([]);
      expect(JSON.stringify(found.map(({ msg }) => msg))).not.toContain('planted');
    }
  });
});

it.each([
  ['telegram', 'chat_id'],
  ['ntfy', 'topic'],
  ['pagerduty', 'routing_key'],
  ['custom', 'template'],
])('%s asks for its %s', (format, option) => {
  const found = formatProblems({ format, options: {}, url: 'https://a.example/', headerNames: [] });
  expect(found).toMatchObject([{ loc: ['body', 'format_options', option], msg: 'must be given' }]);
});

it.each([
  ['slakc', 'slack'],
  ['Slack', 'slack'],
  ['google-chat', 'google_chat'],
])('an unknown format, %s, is told what it may mean: %s', (format, meant) => {
  const [found] = formatProblems({ format, options: {}, url: 'https://a.example/', headerNames: [] });
  expect(found).toMatchObject({ loc: ['body', 'format'], type: 'format_unknown' });
  expect(found?.msg).toContain(`did you mean ${meant}?`);
});
