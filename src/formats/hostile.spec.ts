import { describe, expect, it, jest } from '@jest/globals';
import { HOSTILE_EVENTS } from '../../test/support/formats/hostile-events.js';
import { SAMPLE_WEBHOOK } from '../../test/support/formats/events.js';
import type { FormatEvent, FormatOptions, RenderedRequest } from './format.js';
import { FORMATS } from './registry.js';

// The templates of `custom` are rendered in a thread, which takes its time on a busy machine.
jest.setTimeout(120_000);

const KIB = 1024;
const MIB = KIB * KIB;

/** Options and the most bytes that the receiver takes; null = it has no such limit that an event could reach. */
const SETS: Readonly<Record<string, readonly [FormatOptions, number | null]>> = {
  slack: [{}, null],
  discord: [{}, null],
  teams: [{}, 28 * KIB],
  mattermost: [{}, null],
  telegram: [{ chat_id: -1 }, null],
  google_chat: [{ threads: true }, 32_000],
  ntfy: [{ topic: 't' }, null],
  cloudevents: [{}, null],
  splunk_hec: [{}, null],
  elasticsearch: [{ data: 'flattened' }, null],
  otlp_logs: [{ data: 'map' }, 20 * MIB],
  loki: [{}, null],
  ocsf: [{ ndjson: true, raw_data: true }, 4 * MIB],
  pagerduty: [{ routing_key: '0'.repeat(32) }, 512 * KIB],
  cef: [{ newline: true }, 16 * KIB],
  leef: [{ newline: true }, 16 * KIB],
  gelf: [{}, null],
  alertmanager: [{}, null],
  custom: [{ template: { text: '${title}', all: { $eval: 'summary' } } }, null],
};

/** How many lines one event is. */
const LINES: Readonly<Record<string, number>> = { elasticsearch: 2, ocsf: 1, cef: 1, leef: 1 };
/** A log line ends for some readers where JSON goes on. */
const BREAK_OF_TEXT = /[\n\v\f\r\x85\u2028\u2029]/;

const URLS: Readonly<Record<string, string>> = {
  elasticsearch: 'https://es.example:9200/logs-basset_hound.events-default/_bulk',
};

async function rendered(name: string, event: FormatEvent): Promise<RenderedRequest> {
  const format = FORMATS.find((known) => known.name === name);
  const [options] = SETS[name] ?? [{}];
  const webhook = { ...SAMPLE_WEBHOOK, url: URLS[name] ?? `${SAMPLE_WEBHOOK.url}?key=k` };
  if (format?.renderAsync) return format.renderAsync(event, options, webhook);
  return format!.render(event, options, webhook);
}

/** Each text of a JSON document, keys as well. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...texts(member)]);
}

function expectOneRecord(name: string, { body, headers }: RenderedRequest): void {
  const text = body.toString();
  expect(Buffer.from(text).equals(body)).toBe(true);
  const isText = headers['Content-Type']?.startsWith('text/') === true;
  const lines = text.replace(/\n$/, '').split(isText ? BREAK_OF_TEXT : /[\n\r]/);
  if (LINES[name] !== undefined) expect(lines).toHaveLength(LINES[name]);
  if (isText) return;
  const documents = LINES[name] === undefined ? [text] : text.trimEnd().split('\n');
  for (const document of documents)
    expect(texts(JSON.parse(document)).filter((found) => !found.isWellFormed())).toEqual([]);
}

describe.each(FORMATS.map(({ name }) => name))('%s', (name) => {
  it.each(HOSTILE_EVENTS)('makes one record of %s, within what its receiver takes', async (_, event) => {
    const request = await rendered(name, event);
    expectOneRecord(name, request);
    const most = SETS[name]?.[1] ?? null;
    if (most !== null) expect(request.body.length).toBeLessThanOrEqual(most);
    expect(JSON.stringify(request.headers)).not.toMatch(/NaN|undefined/);
  });

  it('says no time that is none', async () => {
    for (const [what, event] of HOSTILE_EVENTS.filter(([what]) =>
      /second|letters|offset|instant/.test(what),
    )) {
      const { body, headers } = await rendered(name, event);
      const said = `${body.toString()}${JSON.stringify(headers)}`;
      expect([what, /NaN|Invalid|null,"host"|"time":null|"timestamp":null/.exec(said)?.[0]]).toEqual([
        what,
        undefined,
      ]);
    }
  });
});

it('the table has every format', () => {
  expect(Object.keys(SETS).toSorted()).toEqual(FORMATS.map(({ name }) => name).toSorted());
});
