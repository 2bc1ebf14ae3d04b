import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const SECRETS_KEY = Buffer.alloc(32, 'planted-secrets-key').toString('base64');
const API_KEY = 'planted-0000-api-key';

/** Everything that must not be seen anywhere, by what it is. */
const planted = new Map<string, string>([
  ['SECRETS_KEY', SECRETS_KEY],
  ['an API key', API_KEY],
  ['the password of Neo4j', testConnection().password],
]);
let count = 0;

/** A distinctive secret, to be used once. */
function plant(what: string): string {
  count += 1;
  const secret = `planted-${String(count).padStart(4, '0')}-secret`;
  planted.set(`${what} (${secret})`, secret);
  return secret;
}

/** What of the planted secrets a text shows, in the clear or encoded. */
function seenIn(text: string): string[] {
  const forms = (secret: string): string[] =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) => Buffer.from(secret).toString(encoding));
  return [...planted].flatMap(([what, secret]) =>
    [secret, ...forms(secret)].some((form) => text.includes(form)) ? [what] : [],
  );
}

interface Answer {
  readonly call: string;
  readonly status: number;
  readonly text: string;
  readonly headers: string;
  readonly json: any;
}

const answers: Answer[] = [];
let directory: string;
let graph: Graph;
let receiver: Receiver;
let service: ServiceProcess;

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: {
      'X-API-Key': API_KEY,
      ...(text !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  const answer = {
    call: `${method} ${path}`,
    status: response.status,
    text: await response.text(),
    headers: JSON.stringify([...response.headers]),
  };
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(answer.text) : undefined;
  answers.push({ ...answer, json });
  return { ...answer, json };
}

const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  call(method, `/api/v1${path}`, body);

const settings = (path: string, more: object = {}): object => ({
  name: 'n',
  url: receiver.url(path),
  events: ['entity.created'],
  retry_config: { max_retries: 1, initial_delay: 0.1 },
  ...more,
});

const authorized = (): object => ({
  Authorization: `Bearer ${plant('an Authorization header')}`,
  'X-Api-Key': plant('an X-Api-Key header'),
  Cookie: `session=${plant('a cookie')}`,
});

/** Bodies that are wrong in one way or another, with a secret in each. */
function badBodies(): unknown[] {
  const secret = (): string => plant('a secret in a bad body');
  return [
    settings('/ok', { secret: [secret()] }),
    settings('/ok', { secret: { a: secret() } }),
    settings('/ok', { secret: secret() + 'x'.repeat(2000) }),
    settings('/ok', { secret: `${secret()}\ud800` }),
    settings('/ok', { secret: secret(), generate_secret: true }),
    settings('/ok', { generate_secret: secret() }),
    settings('/ok', { headers: [secret()] }),
    settings('/ok', { headers: secret() }),
    settings('/ok', { headers: { 'X-Api-Key': [secret()] } }),
    settings('/ok', { headers: { 'X-Api-Key': `${secret()}\r\nX-Other: ${secret()}` } }),
    settings('/ok', { headers: { [`Authorization: Bearer ${secret()}`]: '' } }),
    settings('/ok', { headers: { 'X-Api-Key': secret() + 'x'.repeat(9000) } }),
    settings('/ok', { active: secret(), secret: secret() }),
    settings('/ok', { events: secret() }),
    settings('/ok', { project_id: { a: secret() } }),
    settings('/ok', { retry_config: secret() }),
    settings('/ok', { retry_config: { max_retries: secret() } }),
    settings('/ok', { url: `https://user:${secret()}@example.com/` }),
    settings('/ok', { url: secret() }),
    settings('/ok', { name: '', secret: secret(), headers: { Authorization: secret() } }),
    `"${secret()}"`,
    `["${secret()}"]`,
    secret(),
    `{"secret":"${secret()}" x}`,
    `{"secret":"${secret()}"`,
    `{"secret": ${secret()}}`,
  ];
}

/** Where the URL, or an option, is the credential: what a format needs of both, with a secret that was never seen. */
function ofFormats(): [format: string, path: string, options: object][] {
  const secret = (): string => plant('a secret of a format');
  const key = `planted${String(planted.size).padStart(25, '0')}`;
  planted.set('a routing key', key);
  return [
    ['slack', `/services/T0/B0/${secret()}`, {}],
    ['discord', `/api/webhooks/1/${secret()}?thread_id=${secret()}`, {}],
    ['teams', `/workflows/1/invoke?sig=${secret()}`, {}],
    ['mattermost', `/hooks/${secret()}`, {}],
    ['telegram', `/bot1:${secret()}/sendMessage`, { chat_id: 1 }],
    ['google_chat', `/v1/spaces/S/messages?key=${secret()}&token=${secret()}`, {}],
    ['ntfy', '/', { topic: secret() }],
    ['pagerduty', '/v2/enqueue', { routing_key: key }],
    ['custom', `/in/${secret()}`, { url_is_secret: true, template: { $eval: 'webhook' } }],
    ['basset', `/in/${secret()}?key=${secret()}`, { url_is_secret: true }],
  ];
}

/** Each is created, previewed, sent to, shown, and changed as it should not be. */
async function inFormats(): Promise<void> {
  for (const [format, path, options] of ofFormats()) {
    const given = settings(path, { format, format_options: options, events: ['report.generated'] });
    await api('POST', '/webhooks/preview', given);
    const { json } = await api('POST', '/webhooks', given);
    const of = `/webhooks/${json.id}`;
    await api('POST', `${of}/preview`);
    await api('POST', `${of}/test`);
    await api('GET', of);
    await api('PATCH', of, { url: receiver.url(`/elsewhere/${plant('a wrong URL')}`) });
    await api('PATCH', of, { format: format === 'slack' ? 'telegram' : 'slack' });
    await api('PATCH', of, {
      format_options: { topic: [plant('a wrong option')], nobody: plant('no option') },
    });
    await api('PATCH', of, { format: 'ocsf', format_options: {} });
  }
  await api('POST', '/events', { event: 'report.generated', data: { name: 'n' } });
  await until(
    async () => (await api('GET', '/webhooks/stats')).json.pending_deliveries === 0,
    'what formats make',
  );
}

async function everything(): Promise<void> {
  const secret = plant('the secret of a created webhook');
  const webhook = (await api('POST', '/webhooks', settings('/ok', { secret, headers: authorized() }))).json;
  const failing = (
    await api('POST', '/projects/p/webhooks', settings('/fail', { secret: plant('another secret') }))
  ).json;
  await api('POST', '/webhooks', settings('/retry', { headers: authorized() }));
  await api('POST', '/events', { event: 'entity.created', project_id: 'p' });
  await api('POST', '/events/batch', { events: [{ event: 'entity.created', project_id: 'p' }] });
  await until(
    async () => (await api('GET', '/webhooks/stats')).json.pending_deliveries === 0,
    'the deliveries',
  );
  const of = `/webhooks/${webhook.id}`;
  await api('PUT', of, { secret: plant('a secret that was put'), headers: authorized() });
  await api('PATCH', of, { secret: plant('a patched secret'), headers: authorized() });
  await api('POST', `${of}/secret/rotate`, { secret: plant('a rotated secret') });
  await api('POST', `${of}/test`);
  const { deliveries } = (await api('GET', '/webhooks/deliveries?status=failed')).json;
  await api('POST', `/webhooks/deliveries/${deliveries[0].id}/retry`);
  const made = [
    await api('POST', '/webhooks', settings('/ok', { generate_secret: true })),
    await api('POST', `${of}/secret/rotate`),
  ];
  for (const [n, { json }] of made.entries()) planted.set(`generated secret ${n}`, json.secret);
  answers.splice(-2);
  for (const { text, json } of made) expect(text.replace(json.secret, '')).not.toContain('planted');
  await api('POST', `${of}/test`);
  for (const path of [of, `${of}/deliveries`, '/webhooks', '/webhooks/deliveries', '/projects/p/webhooks']) {
    await api('GET', path);
  }
  await api('DELETE', `/webhooks/${failing.id}`);
}

/** What a browser asks for: signing in, pages, and the API with the cookie. */
async function inTheConsole(): Promise<void> {
  const { headers } = await call('POST', '/console/session', { key: API_KEY });
  const cookie = /basset_session=[^;"]+/.exec(headers)?.[0] ?? '';
  const { text } = await call('GET', '/console/');
  const parts = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path]) => path!);
  const { deliveries } = (await api('GET', '/webhooks/deliveries')).json;
  const { id, event_id, webhook_id } = deliveries[0];
  const read = [
    ...[`/webhooks/${webhook_id}`, '/webhooks/activity', '/webhooks/activity?group=webhook', '/info'],
    ...[`/webhooks/deliveries/${id}`, `/webhooks/deliveries/${id}/attempts`, `/events/${event_id}`],
    ...['/webhooks/match?event=entity.created', '/webhooks/formats', '/webhooks/events'],
  ];
  const paths = [...parts, '/console/session', ...read.map((path) => `/api/v1${path}`)];
  for (const path of paths) await call('GET', path, undefined, { 'X-API-Key': '', Cookie: cookie });
  const wrong = (what: string) => plant(`${what} of the console`);
  await call('POST', '/console/session', { key: wrong('a wrong key') });
  await call('POST', '/console/session', { key: [wrong('a list of keys')] });
  await call('POST', '/console/session', `{"key":"${wrong('a broken body')}`);
  await call('GET', '/console/session', undefined, {
    'X-API-Key': '',
    Cookie: `basset_session=${wrong('a forged cookie')}`,
  });
  await call('DELETE', '/console/session', undefined, { 'Sec-Fetch-Site': 'same-origin', Cookie: cookie });
}

async function mistakes(): Promise<void> {
  const { webhooks } = (await api('GET', '/webhooks')).json;
  const of = `/webhooks/${webhooks[0].id}`;
  for (const body of badBodies()) {
    for (const [method, path] of [
      ['POST', '/webhooks'],
      ['PUT', of],
      ['PATCH', of],
      ['POST', '/events'],
    ] as const) {
      await api(method, path, body);
    }
  }
  for (const grace of [plant('a grace'), { a: plant('a grace') }]) {
    await api('POST', `${of}/secret/rotate`, { secret: [plant('a list')], grace_period_seconds: grace });
  }
  await call('POST', '/api/v1/webhooks', plant('a text'), { 'Content-Type': 'text/plain' });
  const wrong = plant('a wrong API key');
  await call('GET', `/api/v1/webhooks?api_key=${wrong}`, undefined, { 'X-API-Key': wrong });
  await call('GET', '/api/v1/webhooks', undefined, { Authorization: `Bearer ${plant('another wrong one')}` });
  for (const path of ['/metrics', '/openapi.json', '/docs', '/docs/swagger-ui-init.js', '/health/ready']) {
    await call('GET', path);
  }
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'leaks-'));
  graph = Graph.open();
  await graph.wipe();
  // A receiver that shows all that it got, as those for debugging do.
  receiver = await Receiver.start(({ path, headers, body }, number) => ({
    status: path === '/fail' || (path === '/retry' && number % 2 === 0) ? 500 : 200,
    body: `${path} ${JSON.stringify(headers)} ${body.toString('utf8')}`,
  }));
  service = await ServiceProcess.start(
    testConnection(),
    {
      SECRETS_KEY,
      API_KEYS: `auditor:${API_KEY}`,
      ALLOWED_NETWORKS: '127.0.0.0/8',
      MAX_REQUESTS_PER_SECOND: '0',
      LOG_LEVEL: 'debug',
    },
    { options: ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${directory}`], kept: Infinity },
  );
  await everything();
  await inFormats();
  await inTheConsole();
  await mistakes();
}, 120_000);
afterAll(async () => {
  await service.end('SIGTERM');
  await graph.wipe();
  await graph.close();
  await receiver.close();
  rmSync(directory, { recursive: true });
}, 60_000);

describe('of the planted secrets', () => {
  it('many are at work', () => {
    expect(planted.size).toBeGreaterThan(40);
    const sent = JSON.stringify(receiver.requests.map(({ headers }) => headers));
    expect(seenIn(sent).length).toBeGreaterThanOrEqual(6);
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(20);
    const ofConsole = answers.filter(({ call }) => call.includes('/console'));
    expect(ofConsole.filter(({ status }) => status < 300).length).toBeGreaterThan(4);
    expect(ofConsole.filter(({ status }) => status >= 400).length).toBeGreaterThanOrEqual(4);
    expect(answers.filter(({ status }) => status >= 400).length).toBeGreaterThan(90);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('no answer shows one', () => {
    const leaks = answers.flatMap((answer) =>
      seenIn(`${answer.headers}\n${answer.text}`).map((what) => `${answer.call} ${answer.status}: ${what}`),
    );
    expect(leaks).toEqual([]);
  });

  it('the graph holds none', async () => {
    const nodes = await graph.run('MATCH (n) RETURN n');
    const edges = await graph.run('MATCH ()-[r]->() RETURN r');
    expect(nodes.length).toBeGreaterThan(20);
    expect(seenIn(JSON.stringify([nodes, edges]))).toEqual([]);
    expect(nodes.map(({ n }) => n.response_body).join()).toContain('"authorization":"***"');
  });

  it('the log, with all its details, holds none', () => {
    expect(service.output.split('\n').length).toBeGreaterThan(100);
    expect(seenIn(service.output)).toEqual([]);
  });

  it('a heap dump holds none that is not being sent', async () => {
    // Regular expressions of V8 remember the last text that they were asked about.
    for (let n = 0; n < 20; n += 1) await call('GET', '/health/live');
    service.signal('SIGUSR2');
    const dumps = () => readdirSync(directory).filter((name) => name.endsWith('.heapsnapshot'));
    const last = () => readFileSync(join(directory, dumps()[0]!), 'utf8');
    await until(() => dumps().length > 0 && last().trimEnd().endsWith('}'), 'the heap dump', 60_000);
    const text = last();
    expect(text).toContain('auditor');
    // The driver logs in again with its password; API keys are settings of the process.
    const known = ['an API key', 'the password of Neo4j'];
    expect(seenIn(text).filter((what) => !known.includes(what))).toEqual([]);
  }, 120_000);
});

describe('the audit log', () => {
  it('names the caller and the target of every change, and of nothing else', () => {
    const all = service.output
      .split('\n')
      .filter((line) => line.includes('"Audit"'))
      .map((line) => JSON.parse(line));
    const [lines, refused] = [true, false].map((made) =>
      all.filter((line) => (line.refused === undefined) === made),
    ) as [any[], any[]];
    for (const line of refused)
      expect(line).toMatchObject({ level: 'warn', refused: expect.any(Number), action: expect.any(String) });
    expect(new Set(lines.map(({ caller, level }) => `${caller} ${level}`))).toEqual(
      new Set(['auditor info']),
    );
    // Who signs in changes nothing, and is named all the same.
    const changes = lines.filter(({ action }) => action !== 'session.begin');
    expect(lines.length - changes.length).toBe(1);
    expect([...new Set(changes.map(({ action }) => action))].sort()).toEqual([
      'delivery.retry',
      'webhook.create',
      'webhook.delete',
      'webhook.rotate_secret',
      'webhook.test',
      'webhook.update',
    ]);
    for (const line of changes) {
      expect(line).toMatchObject({
        request_id: expect.stringMatching(/./),
        target: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
  });
});
