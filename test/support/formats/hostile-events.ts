import type { FormatEvent } from '../../../src/formats/format.js';
import { eventOf } from './events.js';

const FAMILY = '👩‍👩‍👧‍👦';
const MIB = 1024 * 1024;
const PINGS = '@everyone <!channel> <users/all> [x](https://evil.example) https://evil.example/beacon ';

const deep = (levels: number): unknown => (levels === 0 ? '@everyone' : { a: [deep(levels - 1)] });
const wide = (keys: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: keys }, (_, n) => [`key_${n}`, n % 3 === 0 ? [] : `v${n}`]));

/** As many facts as are shown at most, of nothing but signs that some receiver wants escaped. */
const signs = (sign: string, length: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: 25 }, (_, n) => [
      `${String.fromCharCode(97 + n)}${sign.repeat(64)}`,
      sign.repeat(length),
    ]),
  );

/** Data with names that objects have already, as JSON.parse makes them. */
const NAMES = JSON.parse(
  '{"__proto__":{"name":"@everyone"},"constructor":{"prototype":1},"toString":"@here","hasOwnProperty":0,"":"empty","a\\nb":"line","a.b.c":1,"length":-1}',
) as Record<string, unknown>;

const at = (timestamp: string): FormatEvent => {
  const event = eventOf('entity.created', { name: 'Jane' });
  const body = event.body.toString().replace(event.timestamp, timestamp);
  return { ...event, timestamp, body: Buffer.from(body) };
};

/** Numbers that JSON can say and a number cannot be. */
const beyond = (): FormatEvent => {
  const body =
    '{"event":"entity.created","timestamp":"2026-11-26T09:03:11.799Z","project_id":null,"data":{"n":1e999,"m":-1e999,"k":[1e999],"z":-0,"t":5e-324,"l":12345678901234567890}}';
  return {
    ...eventOf('entity.created', {}),
    ...(JSON.parse(body) as object),
    projectId: null,
    body: Buffer.from(body),
  };
};

const data = (what: string, given: Record<string, unknown>): [string, FormatEvent][] => [
  [what, eventOf('entity.updated', given)],
];

/** Events that somebody would send to see what breaks; all of them are accepted by the service. */
export const HOSTILE_EVENTS: readonly (readonly [what: string, event: FormatEvent])[] = [
  ...data('a name of 1 MiB', { name: PINGS.repeat(MIB / PINGS.length) }),
  ...data('names and values that are URLs', {
    'https://evil.example/key': 'https://evil.example/value',
    name: 'https://evil.example/beacon?case=42',
    'www.evil.example': 'i❤.ws www.❤.ws 198.51.100.7 a@evil.example evil。example',
  }),
  ...[0, 1, 2, 3, 5, 7, 9].flatMap((offset) =>
    data(`emoji that are cut, from ${offset}`, {
      name: 'x'.repeat(offset) + FAMILY.repeat(400),
      note: `${'e\u0301'.repeat(offset)}${FAMILY.repeat(400)}`,
    }),
  ),
  ...data('controls, halves of pairs and marks of direction', {
    name: 'a\0b\ud800c\udfff\u202ed\u2066\ufeff\r\nCEF:0|x|y|1|z|forged|10|\tdevTime=0',
    '\ud83d': '\udc69\u2028{"create":{}}\u0085',
  }),
  ...data('HTML', { name: '<b>x</b><img src=https://evil.example onerror=alert(1)>&lt;&amp;</a></script>' }),
  ...data('data that are very deep', { name: 'Jane', deep: deep(30) }),
  ...data('data that are very wide', wide(20_000)),
  ...data('a list of nothing but lists', { name: 'x', list: Array.from({ length: 100_000 }, () => []) }),
  ...data('names that objects have', NAMES),
  ...data('words that mean something to us', {
    severity: ['error'],
    kind: '__proto__',
    webhook_id: 'x'.repeat(100_000),
    entity_id: '../..',
    error: '',
    type: { a: 1 },
  }),
  ...['*', '&', '"', '<', '@', '\\', '{', 'Ж', '👩'].flatMap((sign) =>
    [1, 40, 90, 256].flatMap((length) => data(`${length} times ${sign}, 25 times`, signs(sign, length))),
  ),
  ['numbers beyond numbers', beyond()],
  ['a leap second', at('2016-12-31T23:59:60Z')],
  ['a time in small letters', at('2026-01-31t12:00:00z')],
  ['a time with an offset', at('2026-01-31T12:00:00.123456789+05:30')],
  ['the first instant', at('0000-01-01T00:00:00+14:00')],
  ['the last instant', at('9999-12-31T23:59:59.999999999-14:00')],
  ['a project of emoji', eventOf('orphan.linked', {}, { projectId: FAMILY.repeat(23) })],
  ['a project that is empty', eventOf('project.deleted', {}, { projectId: '' })],
  ['a long id', eventOf('import.failed', {}, { id: `${'|=\\"<@'.repeat(21)}xy` })],
];

/** The options that show as much of an event as a message may show. */
export const withAllFields = ({ data: given }: FormatEvent): { fields: string[] } => ({
  fields: Object.keys(given).filter(Boolean).slice(0, 25),
});
