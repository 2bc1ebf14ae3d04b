import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { otlpLogs } from '../../src/formats/otlp-logs/otlp-logs.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { type Program, setPrograms } from './program.js';
import { anew, idsOf, LARGE, REASONABLE, type Sample, wellFormed } from './samples.js';
import { setService } from './through-service.js';
import * as tools from './tools.js';

// The first run builds the receivers.
jest.setTimeout(900_000);

const built = { victoriaLogs: await tools.victoriaLogs(), otelCollector: await tools.otelCollector() };
const where = (program: string | undefined) => (program === undefined ? describe.skip : describe);

const programs = setPrograms();
const scene = setService();

/** A pace at which several events wait, so that they go together. */
const TOGETHER = { max_requests_per_second: 2 };

where(built.victoriaLogs)('VictoriaLogs', () => {
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const listens = [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${join(programs.directory, 'logs')}`,
    ];
    const sizes = ['-retentionPeriod=100y', '-insert.maxLineSizeBytes=16MB', '-loki.maxRequestSize=64MB'];
    await programs.start(built.victoriaLogs!, [...listens, ...sizes], `${url}/health`);
  });

  /** What was stored, as LogsQL finds it, by the id of the event. */
  async function stored(field: string, sent: readonly Sample[]): Promise<ReadonlyMap<string, any>> {
    const ids = sent.map(({ id }) => JSON.stringify(id)).join(',');
    const query = encodeURIComponent(`${JSON.stringify(field)}:in(${ids})`);
    const ask = async (): Promise<any[]> => {
      const text = await (await fetch(`${url}/select/logsql/query?limit=1000&query=${query}`)).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    let found: any[] = [];
    await until(async () => (found = await ask()).length >= sent.length, `${sent.length} rows`);
    expect(found.map((row) => row[field]).sort()).toEqual(idsOf(sent));
    return new Map(found.map((row) => [row[field], row]));
  }

  /** Requests to a path so far, as VictoriaLogs counts them. */
  async function requestsTo(path: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const counts = text
      .split('\n')
      .filter((line) => line.startsWith('vl_http_requests_total') && line.includes(`"${path}"`));
    return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  it.each([
    ['one by one', {}, { batch: 1 }],
    ['together', TOGETHER, {}],
  ])('stores what goes to its Elasticsearch, each event once, %s', async (_, pace, options) => {
    const fields = '_stream_fields=event.module&_msg_field=message&_time_field=@timestamp';
    const target = `${url}/insert/elasticsearch/_bulk?${fields}`;
    const sent = anew(REASONABLE);
    const before = await requestsTo('/insert/elasticsearch/_bulk');
    const webhook = { url: target, format: 'elasticsearch', format_options: options, ...pace };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const requests = (await requestsTo('/insert/elasticsearch/_bulk')) - before;
    if (pace === TOGETHER) expect(requests).toBeLessThan(sent.length / 2);
    else expect(requests).toBe(sent.length);
    const rows = await stored('event.id', sent);
    for (const { id, event, body, timestamp } of sent)
      expect(rows.get(id)).toMatchObject({
        ...{ 'event.original': body.toString(), 'event.action': event, _time: timestamp },
      });
  });

  it('stores what goes to its Loki together, each event as one line', async () => {
    const target = `${url}/insert/loki/api/v1/push?disable_message_parsing=1`;
    const sent = anew([...REASONABLE, ...LARGE]);
    expect(await scene.service.deliver({ url: target, format: 'loki', ...TOGETHER }, sent)).toEqual([]);
    const rows = await stored('event_id', sent);
    for (const { id, event, body, timestamp, kind } of sent) {
      // Of a line over 2 MiB VictoriaLogs keeps nothing but its fields.
      if (kind !== 'oversized') expect(rows.get(id)).toMatchObject({ _msg: body.toString() });
      expect(rows.get(id)).toMatchObject({ event, _time: timestamp });
      expect(rows.get(id)._stream).not.toContain(id);
    }
  });

  it('stores what goes to its Splunk together, each event once and at its time', async () => {
    const sent = anew(REASONABLE);
    const headers = { Authorization: 'Splunk 00000000-0000-0000-0000-000000000000' };
    const webhook = { url: `${url}/services/collector/event`, format: 'splunk_hec', headers, ...TOGETHER };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const rows = await stored('event.id', sent);
    for (const { id, event, timestamp } of sent) {
      expect(rows.get(id)).toMatchObject({ 'event.event': event, sourcetype: 'basset_hound:event' });
      expect(Date.parse(rows.get(id)._time)).toBe(Date.parse(timestamp));
    }
  });
});

where(built.otelCollector)('the OTLP receiver of the OpenTelemetry Collector', () => {
  let url: string;
  let collector: Program;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/v1/logs`;
    collector = await programs.start(built.otelCollector!, [`127.0.0.1:${port}`], url);
  });

  const printed = (): any[] =>
    collector.output
      .split('\n')
      .filter((line) => line.startsWith('{"resourceLogs"'))
      .map((line) => JSON.parse(line));
  const records = (): any[] =>
    printed().flatMap(({ resourceLogs: [{ scopeLogs }] }) =>
      scopeLogs.flatMap(({ logRecords }: any) => logRecords),
    );
  const attributesOf = (record: any): Record<string, any> =>
    Object.fromEntries(record.attributes.map(({ key, value }: any) => [key, value]));
  const idOf = (record: any): string => attributesOf(record)['event.id'].stringValue;

  /** What is empty is left out in the JSON of OTLP. */
  const keysOf = ({ kvlistValue }: any): string[] => kvlistValue.values.map(({ key = '' }: any) => key);

  it.each([
    ['JSON, one by one', { data: 'json', batch: 1 }, {}],
    ['a map, together', { data: 'map' }, TOGETHER],
  ])('reads what was meant: data as %s', async (_, options, pace) => {
    const sent = anew(REASONABLE);
    const webhook = { url, format: 'otlp_logs', format_options: options, ...pace };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const ids = new Set(idsOf(sent));
    const mine = () => records().filter((record) => ids.has(idOf(record)));
    await until(() => mine().length >= sent.length, 'the records');
    expect(mine().map(idOf).sort()).toEqual(idsOf(sent));
    for (const { id, event, data } of sent) {
      const record = mine().find((one) => idOf(one) === id);
      expect(record).toMatchObject({
        timeUnixNano: '1795683791799000000',
        eventName: `basset_hound.${event}`,
      });
      const got = attributesOf(record)['basset.data'];
      // As texts: Jest compares a key `__proto__` wrongly.
      if (options.data === 'json') expect(got.stringValue).toBe(JSON.stringify(data));
      else expect(keysOf(got)).toEqual(Object.keys(JSON.parse(wellFormed(data))));
    }
  });

  it('takes what is oversized', async () => {
    expect(await scene.service.deliver({ url, format: 'otlp_logs' }, anew(LARGE))).toEqual([]);
  });

  it('refuses what is no log, in words that are understood', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"resourceLogs":5}',
    });
    const answer = { status: response.status, headers: {}, body: await response.text() };
    expect(otlpLogs.interpret(answer, {})).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/^OTLP: .+ \(HTTP 400\)$/),
    });
  });

  it('is something else at another path: what waits is kept', async () => {
    const wrong = url.replace('/v1/logs', '/elsewhere/v1/logs');
    const { outcome, error_message: reason } = await scene.service.tried({ url: wrong, format: 'otlp_logs' });
    expect({ outcome, reason }).toMatchObject({ outcome: 'blocked', reason: expect.stringContaining('404') });
  });
});
