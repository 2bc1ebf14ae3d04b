import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { type Program, setPrograms } from './program.js';
import { anew, idsOf, LARGE, REASONABLE, wellFormed } from './samples.js';
import { setService } from './through-service.js';
import * as tools from './tools.js';

// The first run fetches the receivers.
jest.setTimeout(600_000);

const fetched = { framework: await tools.functionsFramework(), alertmanager: await tools.alertmanager() };
const where = (program: string | undefined) => (program === undefined ? describe.skip : describe);

const programs = setPrograms();
const scene = setService();

where(fetched.framework)('the Functions Framework, with the SDK of the CloudEvents project', () => {
  let url: string;
  let framework: Program;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const main = join(fetched.framework!, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
    const args = [main, '--target=printed', '--signature-type=cloudevent', `--port=${port}`];
    framework = await programs.start(process.execPath, args, url, fetched.framework);
  });

  const printed = (): any[] =>
    framework.output
      .split('\n')
      .filter((line) => line.startsWith('EVENT '))
      .map((line) => JSON.parse(line.slice(6)));

  it.each(['structured', 'binary'])('takes each event for a CloudEvent, %s', async (mode) => {
    const sent = anew(REASONABLE);
    const webhook = { url, format: 'cloudevents', format_options: { mode } };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const ids = new Set(idsOf(sent));
    const mine = () => printed().filter(({ id }) => ids.has(id));
    await until(() => mine().length >= sent.length, 'the events');
    expect(idsOf(mine())).toEqual(idsOf(sent));
    for (const { id, event, data, timestamp } of sent) {
      const got = mine().find((printed) => printed.id === id);
      expect(got).toMatchObject({ type: `basset_hound.${event}`, time: timestamp, specversion: '1.0' });
      expect(JSON.stringify(got.data)).toBe(wellFormed(data));
    }
  });
});

where(fetched.alertmanager)('Alertmanager', () => {
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = join(import.meta.dirname, 'alertmanager.yml');
    const files = [`--config.file=${config}`, `--storage.path=${join(programs.directory, 'alerts')}`];
    const listens = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
    const program = join(fetched.alertmanager!, 'usr/bin/prometheus-alertmanager');
    await programs.start(program, [...files, ...listens], `${url}/-/ready`, fetched.alertmanager);
  });

  const alerts = async (): Promise<any[]> => (await fetch(`${url}/api/v2/alerts`)).json() as Promise<any[]>;
  const webhook = (format_options: object): object => ({
    url: `${url}/api/v2/alerts`,
    format: 'alertmanager',
    format_options,
  });

  it('has each event as an alert that fires', async () => {
    // An alert whose end has passed is not shown.
    const now = new Date().toISOString();
    const sent = anew([...REASONABLE, ...LARGE]).map((event) => ({ ...event, timestamp: now }));
    const options = { event_label: true, duration: 604_800, labels: { team: 'osint' } };
    expect(await scene.service.deliver(webhook(options), sent)).toEqual([]);
    const shown = await alerts();
    expect(shown.map(({ labels }) => labels.event_id).sort()).toEqual(idsOf(sent));
    const failed = shown.find(({ labels }) => labels.event_id.startsWith('evt-13-plain'));
    expect(failed.labels).toMatchObject({
      ...{ alertname: 'BassetHoundImportFailed', event: 'import.failed', severity: 'error' },
      ...{ project_id: 'op-lantern', team: 'osint' },
    });
    expect(failed.startsAt).toBe(now);
  });

  it('folds what has the same labels into one alert', async () => {
    const before = (await alerts()).length;
    const [event] = REASONABLE;
    const sent = anew([event!, event!, event!]).map((one, n) => ({
      ...one,
      ...{ id: `${one.id}-${n}`, timestamp: new Date().toISOString() },
    }));
    expect(await scene.service.deliver(webhook({ duration: 604_800 }), sent)).toEqual([]);
    expect((await alerts()).length).toBe(before + 1);
  });
});
