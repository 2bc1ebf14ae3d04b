import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createReceiver } from '../../src/receiver/receiver.js';
import { CommandLine } from '../support/command.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { explainedMetrics, FIXED_METRICS, labelsOf, namedMetrics } from '../support/metric-names.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

// Each command is a process.
jest.setTimeout(180_000);

const KEY = 'key-of-the-command-line';
const LOOK = 'key-that-may-only-look';

let graph: Graph;
let service: ServiceProcess;
let receiver: Receiver;
let directory: string;
let cli: CommandLine;
/** What the receiver answers next. */
let status = 204;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  const keys = { API_KEYS: KEY, READ_ONLY_API_KEYS: LOOK };
  service = await ServiceProcess.start(testConnection(), { ...keys, RECOVER_AFTER_OUTAGE: 'false' });
  receiver = await Receiver.start(() => ({ status }));
  directory = mkdtempSync(join(tmpdir(), 'cli-'));
  cli = new CommandLine({
    HOME: directory,
    BASSET_WEBHOOKS_URL: service.url,
    BASSET_WEBHOOKS_API_KEY: KEY,
  });
}, 300_000);

afterAll(async () => {
  await cli.close();
  await service.end('SIGTERM');
  await receiver.close();
  await graph.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

async function totalEvents(): Promise<number> {
  const { body } = await service.call('GET', '/api/v1/webhooks/stats', undefined, { 'x-api-key': KEY });
  return body.total_events;
}

describe('the command line', () => {
  it('creates, shows, changes, tests, rotates and deletes a webhook', async () => {
    status = 204;
    const made = await cli.json(['webhooks', 'create', 'One', receiver.url(), 'entity.*', '--project', 'p1']);
    expect(made).toMatchObject({ name: 'One', has_secret: true, secret: expect.stringMatching(/^whsec_/) });
    const { id } = made;
    expect(await cli.json(['webhooks', 'get', id])).toMatchObject({ id, project_id: 'p1' });
    expect(await cli.succeed(['webhooks', 'list'])).toMatch(
      /^active\tOne\tentity\.\*\thttp.*\tp1\t0\/0\t–\t/,
    );
    const changes = ['--name', 'Two', '--header', 'X-Team: blue', '--retries', '0'];
    await cli.succeed(['webhooks', 'update', id, ...changes]);
    expect(await cli.succeed(['webhooks', 'recover', id, '--dry-run'])).toBe(
      '0 would be sent again (nothing was missed)',
    );
    expect((await cli.json(['webhooks', 'disable', id])).active).toBe(false);
    expect((await cli.json(['webhooks', 'enable', id])).active).toBe(true);
    expect(await cli.json(['webhooks', 'get', id])).toMatchObject({
      name: 'Two',
      headers: { 'X-Team': 'blue' },
      retry_config: { max_retries: 0 },
    });
    expect(await cli.json(['webhooks', 'test', id])).toMatchObject({ status: 'success' });
    expect(await cli.succeed(['webhooks', 'rotate', id, '--grace', '0', '--quiet'])).toMatch(/^whsec_\S+$/);
    expect((await cli.run(['webhooks', 'delete', id])).status).toBe(2);
    expect(await cli.json(['webhooks', 'delete', id, '--yes'])).toBe(null);
    expect((await cli.run(['webhooks', 'get', id])).status).toBe(4);
  });

  it('listens, emits and waits, and leaves no webhook when it is interrupted', async () => {
    const listening = cli.start(['listen', '--events', 'entity.*', '--project', 'cold-case']);
    const [, url] = await listening.waitFor(/ready {2}(http:\S+) {2}webhook \S+ {2}signed/);
    const emit = ['events', 'emit', 'entity.created', '--project', 'cold-case', '--wait'];
    expect(await cli.succeed([...emit, '--data', '{"entity_id":"e-1"}'])).toMatch(/1 delivery {2}1 arrived$/);
    await listening.waitFor(/✔ entity\.created 200 \d+ms attempt 1 evt \S+ .*"entity_id":"e-1"/);
    const forged = await fetch(url!, { method: 'POST', body: '{}' });
    expect(forged.status).toBe(401);
    await listening.waitFor(/✘ FORGED/);
    expect((await listening.end('SIGINT')).status).toBe(130);
    expect((await cli.json(['webhooks', 'list'])).total).toBe(0);
  });

  it('listens no longer when nobody reads it, and leaves no webhook then either', async () => {
    const listening = cli.start(['listen', '--events', 'entity.*']);
    await listening.waitFor(/ready {2}http/);
    listening.child.stdout!.destroy();
    await cli.succeed(['events', 'emit', 'entity.created']);
    expect((await listening.ended()).status).toBe(0);
    expect((await cli.json(['webhooks', 'list'])).total).toBe(0);
  });

  it('takes ids from stdin for every command that takes one; one that is gone stops none of the others', async () => {
    const make = async (name: string): Promise<string> =>
      (await cli.json(['webhooks', 'create', name, receiver.url(), 'entity.*', '--unsigned'])).id;
    const [first, second] = [await make('First'), await make('Second')];
    const input = `${first}\nnothing-has-this-id\n${second}\n`;
    const disabled = await cli.run(['webhooks', 'disable', '-', '--quiet'], input);
    expect(disabled).toEqual({
      status: 1,
      stdout: `${first}\n${second}\n`,
      stderr: "nothing-has-this-id  Webhook 'nothing-has-this-id' not found\n",
    });
    const got = await cli.succeed(['webhooks', 'get', '-', '--json'], `${first} ${second}`);
    expect(got.split('\n').map((line) => JSON.parse(line).active)).toEqual([false, false]);
    expect(await cli.run(['webhooks', 'delete', '-'], input)).toMatchObject({ status: 2, stdout: '' });
    expect((await cli.run(['webhooks', 'delete', '-', '--yes'], input)).status).toBe(1);
    expect((await cli.json(['webhooks', 'list'])).total).toBe(0);
  });

  it('tells of a delivery that failed, why, and sends it again', async () => {
    const flags = ['--unsigned', '--retries', '0'];
    const { id } = await cli.json(['webhooks', 'create', 'Weak', receiver.url(), '*', ...flags]);
    status = 500;
    const emitted = await cli.run(['events', 'emit', 'orphan.created', '--wait', '--json']);
    expect(emitted).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('HTTP 500. The receiver failed inside.'),
    });
    const [delivery] = JSON.parse(emitted.stdout).deliveries;
    const tested = await cli.run(['webhooks', 'test', id]);
    expect(tested).toMatchObject({ status: 1, stderr: expect.stringContaining('HTTP 500') });
    expect(await cli.run(['status'])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(
        /^ready {2}v\S+ {2}neo4j up {2}.* 1 needs attention\n✘ Weak {2}failing since \S+, 2 in a row, HTTP 500, switched off at \S+ if nothing succeeds/,
      ),
    });

    const list = [
      'deliveries',
      'list',
      '--failed',
      '--webhook',
      id,
      '--event',
      'orphan.created',
      '--since',
      '1d',
    ];
    expect(await cli.succeed(list)).toMatch(/^failed\torphan\.created\tWeak\t1\t500\t/);
    expect(await cli.succeed(['deliveries', 'get', delivery.id])).toContain('status: failed');
    expect(JSON.parse(await cli.succeed(['deliveries', 'get', delivery.id, '--body']))).toMatchObject({
      event: 'orphan.created',
    });
    expect(await cli.succeed(['deliveries', 'get', delivery.id, '--curl'])).toContain("--data-binary '{");
    const curl = await cli.json(['deliveries', 'get', delivery.id, '--curl']);
    expect(curl.command).toContain('X-Webhook-Delivery');
    expect(await cli.succeed(['webhooks', 'recover', id, '--since', '1h', '--dry-run'])).toMatch(
      /^1 would be sent again \(2\S+ … now\)$/,
    );
    expect(
      await cli.succeed(['webhooks', 'recover', id, '--until', '2026-01-01T00:00:00Z', '--dry-run']),
    ).toBe('0 would be sent again (the first … 2026-01-01T00:00:00Z)');
    expect(await cli.succeed(['webhooks', 'recover', id, '--dry-run'])).toMatch(
      /^1 would be sent again \(2\S+ … now\)$/,
    );
    const told = await cli.run(['deliveries', 'tail', '--webhook', id, '--since', '1d', '--count', '1']);
    expect(told.stdout.split(' ')[0]).toBe(
      (await cli.json(['deliveries', 'get', delivery.id])).last_attempt_at,
    );
    expect((await cli.run(['deliveries', 'retry', '-'], `${delivery.id}\n`)).status).toBe(1);
    status = 204;
    expect(await cli.succeed(['deliveries', 'retry', '-'], `${delivery.id}\n`)).toBe(
      `${delivery.id}  success  204`,
    );
    await cli.succeed(['webhooks', 'delete', id, '--yes']);
    // Of a webhook that is gone the log knows the id.
    expect(await cli.succeed(['deliveries', 'list', '--event', 'orphan.created'])).toContain(`\t${id}\t`);
  });

  it('lets a key that may only look look', async () => {
    for (const args of [['webhooks', 'list'], ['deliveries', 'list'], ['events', 'types'], ['status']])
      expect((await cli.run([...args, '--json'], '', { BASSET_WEBHOOKS_API_KEY: LOOK })).status).toBe(0);
  });

  it('shows nothing of strangers that a terminal would obey', async () => {
    const name = 'Evil \u001b]0;owned\u0007\u009b31m \u202eexe.gnp';
    const flags = ['--unsigned', '--retries', '0'];
    const { id } = await cli.json(['webhooks', 'create', name, receiver.url(), 'import.*', ...flags]);
    status = 500;
    const data = JSON.stringify({ text: name });
    const emit = ['events', 'emit', 'import.started', '--data', data, '--wait'];
    const shown = [await cli.run(emit)];
    const [{ id: delivery, event_id: event }] = (await cli.json(['deliveries', 'list', '--webhook', id]))
      .deliveries;
    for (const args of [
      ...[['webhooks', 'list'], ['webhooks', 'get', id], ['deliveries', 'list'], ['status']],
      ...[
        ['deliveries', 'get', delivery],
        ['events', 'get', event],
        ['events', 'explain', 'import.started', '--data', data],
      ],
      ['deliveries', 'tail', '--since', '1h', '--count', '1', '--webhook', id],
      ['webhooks', 'get', name],
    ])
      shown.push(await cli.run(args));
    shown.push(await cli.run(['webhooks', 'delete', id, '--yes']));
    // eslint-disable-next-line no-control-regex
    const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;
    expect(shown.filter(({ stdout, stderr }) => obeyed.test(stdout + stderr))).toEqual([]);
    expect(shown.some(({ stdout }) => stdout.includes('Evil \\u001b]0;owned'))).toBe(true);
    status = 204;
  });

  it('emits a file of events, once however often it is run', async () => {
    const lines = Array.from({ length: 1203 }, (_, n) => `{"event":"search.executed","data":{"n":${n}}}`);
    const events = file('events.ndjson', `${lines.join('\n')}\n\n`);
    const before = await totalEvents();
    expect(await cli.json(['events', 'emit-batch', events])).toEqual({ events: 1203, deliveries: 0 });
    expect(await cli.json(['events', 'emit-batch', events, '--from-line', '200'])).toMatchObject({
      events: 1004,
    });
    expect((await totalEvents()) - before).toBe(1203);
    const bad = file('bad.ndjson', '{"event":"search.executed"}\n{"event":"nothing.known"}\n');
    expect(await cli.run(['events', 'emit-batch', bad])).toMatchObject({
      status: 5,
      stdout: '',
      stderr: expect.stringContaining('go on with --from-line 1'),
    });
    expect((await cli.run(['events', 'emit-batch', '-'], 'no json\n')).stderr).toContain(
      'Line 1 is no JSON object',
    );
  });

  it('logs in with a key from stdin that only its owner can read afterwards, and out', async () => {
    const other = new CommandLine({ HOME: directory });
    const login = ['login', '--url', `${service.url}/api/v1/`];
    expect(await other.run(login, 'a-wrong-key-of-somebody')).toMatchObject({ status: 3 });
    expect(await other.run(login, `${KEY}\n`)).toMatchObject({ status: 0 });
    const config = join(directory, '.config', 'basset-webhooks', 'config.json');
    expect([statSync(config).mode & 0o777, JSON.parse(readFileSync(config, 'utf8'))]).toEqual([
      0o600,
      { url: service.url, api_key: KEY },
    ]);
    expect((await other.run(['events', 'types'])).stdout.split('\n')).toHaveLength(21);
    // It was kept for that service and goes to no other.
    const elsewhere = await Receiver.start(() => ({ status: 404 }));
    expect((await other.run(['events', 'types', '--url', elsewhere.url()])).status).toBe(6);
    expect(elsewhere.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
    await elsewhere.close();
    await other.succeed(['logout']);
    expect((await other.run(['events', 'types', '--url', service.url])).status).toBe(3);
    await other.close();
  });
});

describe('docs/operation.md', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operation.md'), 'utf8');
  const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => block!.split('\n'))
    .filter((line) => line.startsWith('bin/basset-webhooks '));

  it('names commands that do what it says', async () => {
    const { id } = await cli.json(['webhooks', 'create', 'Repaired', receiver.url(), '*', '--inactive']);
    expect(lines).toHaveLength(7);
    for (const line of lines) await cli.succeed(line.replace('$WEBHOOK_ID', id).split(' ').slice(1));
    expect(await cli.json(['webhooks', 'get', id])).toMatchObject({ active: true, success_count: 1 });
    await cli.succeed(['webhooks', 'delete', id, '--yes']);
  });
});

describe('the metrics', () => {
  it('have all that the dashboard and the alerts name, and what was done is counted', async () => {
    const keyed = ['events', 'emit', 'search.executed', '--key', 'of-the-metrics'];
    await cli.succeed(keyed);
    expect((await cli.run([...keyed, '--data', '{"n":1}'])).status).toBe(5);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const given = new Set([...text.matchAll(/^([a-z0-9_]+)(?:\{.*\})? \S+$/gm)].map(([, name]) => name));
    expect(namedMetrics().filter((name) => !given.has(name))).toEqual([]);
    const ours = [...text.matchAll(/^# TYPE (basset_webhooks_\S+)/gm)].map(([, name]) => name);
    expect(explainedMetrics()).toEqual(ours.sort());
    const labels = Object.keys(FIXED_METRICS).map((name) => [name, labelsOf(name, text)]);
    expect(Object.fromEntries(labels)).toEqual(FIXED_METRICS);
    for (const line of [
      /^basset_webhooks_attempts_total\{answer="2xx",format="basset",outcome="success"\} [1-9]/m,
      /^basset_webhooks_attempts_total\{answer="5xx",format="basset",outcome="retry"\} [1-9]/m,
      /^basset_webhooks_deliveries_finished_total\{outcome="failed"\} [1-9]/m,
      /^basset_webhooks_delivery_seconds_count\{outcome="success"\} [1-9]/m,
      /^basset_webhooks_http_requests_total\{route="\/api\/v1\/webhooks\/:webhook_id",method="GET",status_class="4xx"\} [1-9]/m,
      /^basset_webhooks_events_refused_total\{reason="invalid"\} [1-9]/m,
      /^basset_webhooks_events_refused_total\{reason="conflict"\} 1$/m,
      /^basset_webhooks_events_refused_total\{reason="unavailable"\} 0$/m,
      /^basset_webhooks_webhooks\{state="active"\} \d+$/m,
      /^basset_webhooks_neo4j_up 1$/m,
      /^basset_webhooks_instances 1$/m,
      /^basset_webhooks_build_info\{version="[\d.]+",node="[\d.]+"\} 1$/m,
    ])
      expect(text).toMatch(line);
  });

  it('and the log tells of what was given up', async () => {
    await until(() => service.output.includes('A delivery was given up'), 'the line');
    const line = service.output.split('\n').find((text) => text.includes('A delivery was given up'))!;
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      context: 'Delivery',
      event: 'orphan.created',
      attempts: 1,
      reason: 'HTTP 500',
      host: `127.0.0.1:${receiver.port}`,
    });
  });
});

describe('what follows the feed', () => {
  it('shows deliveries as they happen, across a restart of the service, each once', async () => {
    const { id } = await cli.json(['webhooks', 'create', 'Tailed', receiver.url(), '*', '--unsigned']);
    const tail = cli.start(['deliveries', 'tail', '--webhook', id, '--json', '--count', '2']);
    await tail.waitFor(/# live/);
    const events = [await cli.json(['events', 'emit', 'entity.created', '--wait'])];
    await tail.waitFor(/"status":"success"/);
    const listening = cli.start(['listen', '--project', 'p9']);
    await listening.waitFor(/ready {2}http/);
    await service.end('SIGTERM');
    await tail.waitFor(/# broken off; trying again/);
    // Its webhook is there as long as the service is away, and no longer.
    listening.child.kill('SIGINT');
    await listening.waitFor(/its webhook is deleted when it is back/);
    await service.start();
    expect((await listening.ended()).status).toBe(130);
    expect((await cli.json(['webhooks', 'list'])).total).toBe(1);
    events.push(await cli.json(['events', 'emit', 'entity.deleted', '--wait']));
    const { status: ended, stdout } = await tail.ended();
    const shown = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event_id);
    expect([ended, shown]).toEqual([0, events.map(({ event_id: event }) => event)]);
    await cli.succeed(['webhooks', 'delete', id, '--yes']);
  });

  it('forwards events to where only this machine can send, byte for byte and signed anew', async () => {
    const secret = file('forward.secret', 'forward-secret');
    const flags = ['--events', 'entity.*', '--project', 'p2', '--secret-file', secret, '--count', '1'];
    const forward = cli.start(['forward', receiver.url('/here'), ...flags]);
    await forward.waitFor(/ready .* not durable/);
    await cli.succeed(['events', 'emit', 'search.executed', '--project', 'p2']);
    await cli.succeed(['events', 'emit', 'entity.created', '--project', 'p3']);
    const data = '{"n":12345678901234567890}';
    const emitted = await cli.json(['events', 'emit', 'entity.created', '--project', 'p2', '--data', data]);
    const { status: ended, stdout } = await forward.ended();
    expect([ended, stdout]).toEqual([0, expect.stringMatching(/✔ entity\.created 204 \d+ms evt /)]);
    const sent = receiver.requests.filter(({ path }) => path === '/here');
    expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual([emitted.event_id]);
    expect(sent[0]!.body.toString()).toContain(`"data":${data}`);
    const { headers, body } = sent[0]!;
    const verified = createReceiver({ secrets: ['forward-secret'] }).verify({ headers, body });
    expect((await verified).id).toBe(emitted.event_id);
  });
});

describe('a command that does not succeed ends with its status and one sentence', () => {
  const missing = '0190b6e2-0000-7000-8000-000000000001';
  const wrong = { BASSET_WEBHOOKS_API_KEY: 'another-key-than-theirs' };
  const look = { BASSET_WEBHOOKS_API_KEY: LOOK };

  it.each<[string, string[], number, RegExp, Record<string, string>]>([
    ['a wrong key', ['webhooks', 'list'], 3, /this command gave one that it does not know/, wrong],
    ['no key', ['webhooks', 'list'], 3, /this command gave none/, { BASSET_WEBHOOKS_API_KEY: '' }],
    ['a key that may only look', ['webhooks', 'create', 'x', 'http://x', '*'], 3, /may only read/, look],
    ['a key that may only look, for a test', ['webhooks', 'test', missing], 3, /may only read/, look],
    ['no such webhook', ['webhooks', 'get', missing], 4, /Webhook '.*' not found/, {}],
    ['no such delivery', ['deliveries', 'retry', missing], 4, /Delivery '.*' not found/, {}],
    ['an unknown event', ['events', 'emit', 'a.b'], 5, /^Invalid event type: a\.b[^\n]*\n$/, {}],
    ['a time that is none', ['deliveries', 'list', '--since', 'then'], 5, /^since: since must [^\n]*\n$/, {}],
    ['a bad webhook', ['webhooks', 'create', 'x', 'ftp://x', '*'], 5, /must start with http/, {}],
  ])('%s', async (_, args, code, sentence, env) => {
    const { status: ended, stdout, stderr } = await cli.run([...args, '--json'], '', env);
    expect({ ended, stdout, stderr }).toEqual({
      ended: code,
      stdout: '',
      stderr: expect.stringMatching(sentence),
    });
  });
});
