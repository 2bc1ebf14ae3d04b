import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { alertmanager } from '../../src/formats/alertmanager/alertmanager.js';
import { cef } from '../../src/formats/cef/cef.js';
import { cloudevents } from '../../src/formats/cloudevents/cloudevents.js';
import { elasticsearch } from '../../src/formats/elasticsearch/elasticsearch.js';
import type { Format, FormatOptions } from '../../src/formats/format.js';
import { loki } from '../../src/formats/loki/loki.js';
import { ocsf } from '../../src/formats/ocsf/ocsf.js';
import { otlpLogs } from '../../src/formats/otlp-logs/otlp-logs.js';
import { splunkHec } from '../../src/formats/splunk-hec/splunk-hec.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { Program } from './program.js';
import { EVENTS, send, sendAll, webhookAt } from './sent.js';
import * as tools from './tools.js';

// The first run builds the receivers.
jest.setTimeout(900_000);

const programs = {
  victoriaLogs: await tools.victoriaLogs(),
  otelCollector: await tools.otelCollector(),
  alertmanager: await tools.alertmanager(),
  npm: await tools.npmReceivers(),
  python: await tools.pythonValidators(),
};
const where = (program: string | undefined) => (program === undefined ? describe.skip : describe);

const IDS = EVENTS.map(({ id }) => id).sort();
/** A receiver may have a limit of its own; what is oversized is for the others. */
const REASONABLE = EVENTS.filter(({ kind }) => kind !== 'oversized');
const REASONABLE_IDS = REASONABLE.map(({ id }) => id).sort();

const started: Program[] = [];
let directory: string;

async function start(program: string, args: readonly string[], readyUrl: string, cwd?: string) {
  const running = await Program.start(program, args, readyUrl, cwd);
  started.push(running);
  return running;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'receivers-'));
});
afterAll(async () => {
  for (const program of started) await program.stop();
  rmSync(directory, { recursive: true, force: true });
});

where(programs.victoriaLogs)('VictoriaLogs', () => {
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const listens = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(directory, 'logs')}`];
    const sizes = ['-retentionPeriod=100y', '-insert.maxLineSizeBytes=16MB', '-loki.maxRequestSize=64MB'];
    await start(programs.victoriaLogs!, [...listens, ...sizes], `${url}/health`);
  });

  /** What was stored, as LogsQL finds it. */
  async function stored(query: string, count: number): Promise<any[]> {
    const asked = `${url}/select/logsql/query?limit=1000&query=${encodeURIComponent(query)}`;
    const ask = async (): Promise<any[]> => {
      const text = await (await fetch(asked)).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    let found: any[] = [];
    await until(async () => (found = await ask()).length >= count, `${count} of ${query}`, 60_000).catch(
      () => [],
    );
    return found;
  }

  it('stores what goes to its Elasticsearch, each event once', async () => {
    const fields = '_stream_fields=event.module&_msg_field=message&_time_field=@timestamp';
    const target = `${url}/insert/elasticsearch/_bulk?${fields}&extra_fields=via=elasticsearch`;
    expect(await sendAll(elasticsearch, REASONABLE, target)).toEqual([]);
    const found = await stored('via:=elasticsearch', REASONABLE.length);
    expect(found.map((row) => row['event.id']).sort()).toEqual(REASONABLE_IDS);
    const byId = new Map(found.map((row) => [row['event.id'], row]));
    for (const event of REASONABLE) {
      const row = byId.get(event.id);
      expect(row['event.original']).toBe(event.body.toString());
      expect(row._time).toBe(event.timestamp);
    }
  });

  it('stores what goes to its Loki, each event as one line', async () => {
    const target = `${url}/insert/loki/api/v1/push?extra_fields=via=loki&disable_message_parsing=1`;
    expect(await sendAll(loki, EVENTS, target)).toEqual([]);
    const found = await stored('via:=loki', EVENTS.length);
    expect(found.map((row) => row.event_id).sort()).toEqual(IDS);
    const byId = new Map(found.map((row) => [row.event_id, row]));
    for (const event of REASONABLE) {
      const row = byId.get(event.id);
      expect(row).toMatchObject({ _msg: event.body.toString(), event: event.event, _time: event.timestamp });
      expect(row._stream).not.toContain(event.id);
    }
  });

  it('stores what goes to its Splunk, each event once and at its time', async () => {
    const target = `${url}/services/collector/event`;
    expect(await sendAll(splunkHec, REASONABLE, target)).toEqual([]);
    const found = await stored('sourcetype:="basset_hound:event"', REASONABLE.length);
    expect(found.map((row) => row['event.id']).sort()).toEqual(REASONABLE_IDS);
    for (const row of found) expect(Date.parse(row._time)).toBe(Date.parse('2026-11-26T09:03:11.799Z'));
  });
});

where(programs.otelCollector)('the OTLP receiver of the OpenTelemetry Collector', () => {
  let url: string;
  let collector: Program;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/v1/logs`;
    collector = await start(programs.otelCollector!, [`127.0.0.1:${port}`], url);
  });

  const records = (): any[] =>
    collector.output
      .split('\n')
      .filter((line) => line.startsWith('{"resourceLogs"'))
      .map((line) => JSON.parse(line).resourceLogs[0].scopeLogs[0].logRecords[0]);
  const attributes = (record: any): Record<string, any> =>
    Object.fromEntries(record.attributes.map(({ key, value }: any) => [key, value]));

  it('takes every event, data as JSON or as a map, and reads what was meant', async () => {
    for (const options of [{ data: 'json' }, { data: 'map' }]) {
      expect(await sendAll(otlpLogs, REASONABLE, url, options)).toEqual([]);
    }
    await until(() => records().length >= 2 * REASONABLE.length, 'the records');
    const ids = records().map((record) => attributes(record)['event.id'].stringValue);
    expect(ids.sort()).toEqual([...REASONABLE_IDS, ...REASONABLE_IDS].sort());
    const plain = REASONABLE.find(({ id }) => id === 'evt-1-plain')!;
    const [asJson, asMap] = records().filter(
      (record) => attributes(record)['event.id'].stringValue === plain.id,
    );
    expect(JSON.parse(attributes(asJson)['basset.data'].stringValue)).toEqual(plain.data);
    expect(attributes(asMap)['basset.data'].kvlistValue.values[0]).toEqual({
      key: 'entity_id',
      value: { stringValue: 'e-1' },
    });
    expect(asJson).toMatchObject({ timeUnixNano: '1795683791799000000', severityNumber: 9 });
  });

  it('takes what is oversized', async () => {
    expect(
      await sendAll(otlpLogs, EVENTS.filter(({ kind }) => kind === 'oversized').slice(0, 3), url),
    ).toEqual([]);
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
});

where(programs.alertmanager)('Alertmanager', () => {
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = join(import.meta.dirname, 'alertmanager.yml');
    const files = [`--config.file=${config}`, `--storage.path=${join(directory, 'alerts')}`];
    const listens = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
    const program = join(programs.alertmanager!, 'usr/bin/prometheus-alertmanager');
    await start(program, [...files, ...listens], `${url}/-/ready`, programs.alertmanager);
  });

  it('has each event as an alert that fires', async () => {
    // An alert whose end has passed is not shown.
    const options = { event_label: true, duration: 604_800 };
    const now = new Date().toISOString();
    const fresh = REASONABLE.map((event) => ({ ...event, timestamp: now }));
    expect(await sendAll(alertmanager, fresh, `${url}/api/v2/alerts`, options)).toEqual([]);
    const alerts: any = await (await fetch(`${url}/api/v2/alerts`)).json();
    expect(alerts.map(({ labels }: any) => labels.event_id).sort()).toEqual(REASONABLE_IDS);
    const plain = alerts.find(({ labels }: any) => labels.event_id === 'evt-13-plain');
    expect(plain.labels).toMatchObject({ alertname: 'BassetHoundImportFailed', severity: 'error' });
    expect(plain.startsAt).toBe(now);
  });

  it('refuses a label that is none, in words that are understood', async () => {
    const { outcome, reason } = await send(alertmanager, EVENTS[0]!, `${url}/api/v2/alerts`, {
      labels: { 'not-a-name': 'x' },
    });
    expect(outcome).toBe('rejected');
    expect(reason).toMatch(/^Alertmanager: .*HTTP 400/);
  });
});

where(programs.npm)('the Functions Framework', () => {
  it('takes CloudEvents for CloudEvents, structured and binary', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const main = join(programs.npm!, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
    const args = [main, '--target=printed', '--signature-type=cloudevent', `--port=${port}`];
    const framework = await start(process.execPath, args, url, programs.npm);
    for (const options of [{ mode: 'structured' }, { mode: 'binary' }])
      expect(await sendAll(cloudevents, REASONABLE, url, options)).toEqual([]);
    const events = (): any[] =>
      framework.output
        .split('\n')
        .filter((line) => line.startsWith('EVENT '))
        .map((line) => JSON.parse(line.slice(6)));
    await until(() => events().length >= 2 * REASONABLE.length, 'the events');
    expect(
      events()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...REASONABLE_IDS, ...REASONABLE_IDS].sort());
    const [first] = events();
    expect(first).toMatchObject({ type: 'basset_hound.entity.created', data: { entity_id: 'e-1' } });
  });
});

where(programs.python)('validators from PyPI', () => {
  function validated(
    name: string,
    format: Format,
    events: typeof EVENTS,
    options: FormatOptions = {},
  ): any[] {
    const lines = events.map((event) => {
      const { headers, body } = format.render(event, options, webhookAt('http://127.0.0.1/x'));
      return JSON.stringify({ format: name, name: event.id, headers, body: body.toString() });
    });
    const script = join(import.meta.dirname, 'validate.py');
    const { stdout, stderr } = spawnSync(programs.python!, [script], {
      input: lines.join('\n'),
      maxBuffer: 1 << 26,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it.each<[string, Format, FormatOptions, string, typeof EVENTS]>([
    ['otlp_logs', otlpLogs, {}, 'basset_hound.', EVENTS],
    ['otlp_logs', otlpLogs, { data: 'map' }, 'basset_hound.', REASONABLE],
    ['cloudevents', cloudevents, {}, 'basset_hound.', REASONABLE],
    ['cloudevents', cloudevents, { mode: 'binary' }, 'basset_hound.', REASONABLE],
    ['ocsf', ocsf, { raw_data: true }, '', EVENTS],
    // pycef knows no escape in the header, so it cannot read a title that needs one.
    ['cef', cef, {}, '', EVENTS.filter(({ kind }) => kind === 'plain')],
  ])('%s is valid and says which event it is', (name, format, options, prefix, events) => {
    const expected = events.map(({ id, event }) => ({ name: id, found: { id, event: prefix + event } }));
    expect(validated(name, format, events, options)).toEqual(expected);
  });
});
