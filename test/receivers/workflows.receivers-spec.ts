import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { setPrograms } from './program.js';
import { anew, idsOf, LARGE, REASONABLE } from './samples.js';
import { setService } from './through-service.js';
import * as tools from './tools.js';

// The first run fetches it.
jest.setTimeout(600_000);

const installed = await tools.nodeRed();
const programs = setPrograms();
const scene = setService();

(installed === undefined ? describe.skip : describe)('a flow of Node-RED', () => {
  let url: string;
  let received: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/basset`;
    received = join(programs.directory, 'received');
    for (const file of ['settings.cjs', 'flows.json'])
      copyFileSync(join(import.meta.dirname, 'node-red', file), join(programs.directory, file));
    const main = join(installed!, 'node_modules', 'node-red', 'red.js');
    const where = ['--userDir', programs.directory, '--settings', join(programs.directory, 'settings.cjs')];
    const args = [main, ...where, '--port', String(port)];
    await programs.start(process.execPath, args, url, undefined, { RECEIVED: received });
  });

  /** What the flow has written: the headers and the body of each request, as the nodes of Node-RED saw them. */
  const lines = (): any[] =>
    existsSync(received)
      ? readFileSync(received, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];

  it('gets each event as it is, signed', async () => {
    const sent = anew([...REASONABLE, ...LARGE]);
    const secret = 'known to the flow as well';
    expect(await scene.service.deliver({ url, secret }, sent)).toEqual([]);
    const mine = () => lines().filter(({ headers }) => headers['x-webhook-signature'] !== undefined);
    await until(() => mine().length >= sent.length, 'the lines');
    expect(
      mine()
        .map(({ headers }) => headers['webhook-id'])
        .sort(),
    ).toEqual(idsOf(sent));
    for (const { id, event, projectId, timestamp, data } of sent) {
      const { headers, body } = mine().find((line) => line.headers['webhook-id'] === id);
      const text = JSON.stringify(body);
      expect(text).toBe(JSON.stringify({ event, timestamp, project_id: projectId, data }));
      const mac = createHmac('sha256', secret).update(text).digest('hex');
      expect(headers['x-webhook-signature']).toBe(`sha256=${mac}`);
    }
  });

  it('gets CloudEvents with their attributes as headers', async () => {
    const sent = anew(REASONABLE);
    const webhook = { url, format: 'cloudevents', format_options: { mode: 'binary' } };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const mine = () => lines().filter(({ headers }) => headers['ce-specversion'] === '1.0');
    await until(() => mine().length >= sent.length, 'the lines');
    expect(
      mine()
        .map(({ headers }) => headers['ce-id'])
        .sort(),
    ).toEqual(idsOf(sent));
  });

  it('gets what a template makes of the events', async () => {
    const sent = anew(REASONABLE);
    const template = { made: '${id}', of: { $eval: 'data' }, title: '${title}' };
    const webhook = { url, format: 'custom', format_options: { template, expect: { status: [204] } } };
    expect(await scene.service.deliver(webhook, sent)).toEqual([]);
    const mine = () => lines().filter(({ body }) => body.made !== undefined);
    await until(() => mine().length >= sent.length, 'the lines');
    expect(
      mine()
        .map(({ body }) => body.made)
        .sort(),
    ).toEqual(idsOf(sent));
  });
});
