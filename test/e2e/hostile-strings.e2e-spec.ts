import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { API } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { rawRequest } from '../support/hostile/raw-request.js';
import { HOSTILE_STRINGS } from '../support/hostile/strings.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

let app: TestApp;
let graph: Graph;
let receiver: Receiver;
let webhookId: string;
let bystanders: unknown;

/** What belongs to others in the same graph. */
const others = (): Promise<unknown> =>
  graph.run(
    `MATCH (n) WHERE n:Person OR n:Project OR n:OrphanData
     OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n) AS labels, properties(n) AS properties, type(r) AS edge, m.id AS to
     ORDER BY properties.id`,
  );

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  await graph.run(
    `CREATE (p:Project {id: 'p-1', safe_name: 'case', name: 'Case'})-[:HAS_PERSON]->(:Person {id: 'x-1', name: 'Jane'}),
            (p)-[:HAS_ORPHAN]->(:OrphanData {id: 'x-2'})`,
  );
  receiver = await Receiver.start();
  app = await TestApp.start();
  const { body } = await call('POST', '/webhooks', valid());
  webhookId = body.id;
  bystanders = await others();
}, 60_000);
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.wipe();
  await graph.close();
});

const valid = () => ({
  name: 'n',
  url: 'http://127.0.0.1:9/hook',
  events: ['report.generated'],
  active: false,
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: any;
}

/** 2xx, or 4xx as a problem; anything else fails the test. */
async function call(
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(`${app.url}${API}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': type },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const isGood = response.status < 300 || (response.status >= 400 && response.status < 500 && isProblem);
  if (!isGood) throw new Error(`${method} ${path.slice(0, 100)} answered ${response.status}: ${text}`);
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
}

const SLACK = 'http://127.0.0.1:9/services/T0/B0/X0';

/** The fields of a webhook: how a text gets in, and where it comes out. */
const FIELDS: readonly (readonly [string, (text: string) => object, (webhook: any) => unknown])[] = [
  ['name', (name) => ({ name }), ({ name }) => name],
  ['project_id', (text) => ({ project_id: text }), ({ project_id }) => project_id],
  ['secret', (secret) => ({ secret }), () => undefined],
  [
    'url',
    (text) => ({ url: `http://127.0.0.1:9/${text}` }),
    ({ url }) => url.slice('http://127.0.0.1:9/'.length),
  ],
  ['a whole url', (url) => ({ url }), ({ url }) => url],
  ['events', (text) => ({ events: [text] }), ({ events }) => events[0]],
  ['header value', (text) => ({ headers: { 'X-Odd': text } }), ({ headers }) => headers['X-Odd']],
  [
    'header name',
    (text) => ({ headers: Object.fromEntries([[text, 'v']]) }),
    ({ headers }) => Object.keys(headers).at(-1),
  ],
  ['active', (active) => ({ active }), () => undefined],
  ['retry_config', (text) => ({ retry_config: text }), () => undefined],
  ['retry_config.max_delay', (text) => ({ retry_config: { max_delay: text } }), () => undefined],
  ['format', (format) => ({ format }), () => undefined],
  ['format_options', (text) => ({ format_options: text }), () => undefined],
  ['name of an option', (text) => ({ format_options: Object.fromEntries([[text, true]]) }), () => undefined],
  [
    'option of a chat',
    (link_template) => ({ format: 'slack', url: SLACK, format_options: { link_template } }),
    ({ format_options: options }) => options.link_template,
  ],
  ['filter', (filter) => ({ filter }), ({ filter }) => filter],
  ['text in a filter', (text) => ({ filter: `data.name == '${text}'`.slice(0, 1024) }), () => undefined],
  ['an unknown field', (text) => Object.fromEntries([[text, text]]), () => undefined],
];

/** What a stored text may have become: the API says so where it changes something. */
function isKept(field: string, given: string, kept: unknown): boolean {
  if (kept === undefined || kept === given) return true;
  const isCredential = field === 'header value' && kept === '***';
  return isCredential || (field.includes('url') && kept === given.trim()) || (given === '' && kept === null);
}

/** All texts, some at a time, so that their writes share commits. */
async function forEachText(act: (text: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < HOSTILE_STRINGS.length; from += 20) {
    await Promise.all(HOSTILE_STRINGS.slice(from, from + 20).map(act));
  }
}

describe('hostile strings in a webhook', () => {
  const UPDATES = [
    ['PUT', 'application/json'],
    ['PATCH', 'application/merge-patch+json'],
  ] as const;

  it.each(FIELDS)('as %s are refused, or kept exactly', async (field, build, read) => {
    const wrong: string[] = [];
    await forEachText(async (text) => {
      const created = await call('POST', '/webhooks', { ...valid(), ...build(text) });
      const at = `/webhooks/${created.body.id ?? webhookId}`;
      const shown = created.status === 201 ? [created, await call('GET', at)] : [];
      if (!shown.every(({ body }) => isKept(field, text, read(body)))) wrong.push(text);
      for (const [method, type] of UPDATES) {
        const { status, body } = await call(method, at, build(text), type);
        const isRight =
          created.status === 201 ? status === 200 && isKept(field, text, read(body)) : status >= 400;
        if (!isRight) wrong.push(`${method} ${text}`);
      }
    });
    expect(wrong).toEqual([]);
  });
});

describe('hostile strings in an event', () => {
  const EVENT_FIELDS: readonly (readonly [string, (text: string) => object])[] = [
    ['event', (event) => ({ event })],
    ['project_id', (text) => ({ project_id: text })],
    ['id', (id) => ({ id })],
    ['timestamp', (timestamp) => ({ timestamp })],
    ['data', (data) => ({ data })],
    ['a value in data', (text) => ({ data: { text } })],
    ['a name in data', (text) => ({ data: Object.fromEntries([[text, { [text]: text }]]) })],
    ['an unknown field', (text) => Object.fromEntries([[text, text]])],
  ];

  it.each(EVENT_FIELDS)('as %s are refused, or sent and kept exactly', async (_, build) => {
    const hook = await call('POST', '/webhooks', {
      ...valid(),
      url: receiver.url(),
      events: ['orphan.created'],
      active: true,
    });
    receiver.clear();
    const expected = new Map<string, any>();
    await forEachText(async (text) => {
      const event = { event: 'orphan.created', ...build(text) };
      const one = await call('POST', '/events', event);
      if (one.status === 202) expected.set(one.body.event_id, event);
      await call('POST', '/events/batch', {
        events: [{ event: 'system.health' }, { ...event, id: undefined }],
      });
    });
    await until(async () => {
      const stats = await call('GET', '/webhooks/stats');
      return stats.body.pending_deliveries === 0;
    }, 'the end of all deliveries');
    for (const { headers, json } of receiver.requests) {
      const event = expected.get(headers['webhook-id'] as string);
      if (!event) continue;
      expect(json.project_id).toBe(event.project_id || null);
      expect(json.data).toEqual(event.data ?? {});
      expected.delete(headers['webhook-id'] as string);
    }
    const unsent = [...expected.values()].filter(({ event }) => event === 'orphan.created');
    expect(unsent).toEqual([]);
    await call('DELETE', `/webhooks/${hook.body.id}`);
  });
});

describe('hostile strings outside of bodies', () => {
  beforeAll(() => app.get(WebhookService).clear());

  const paths: readonly ((text: string) => string)[] = [
    (text) => `/webhooks/${text}`,
    (text) => `/webhooks/${text}/deliveries`,
    (text) => `/webhooks/deliveries/${text}`,
    (text) => `/projects/${text}/webhooks`,
    (text) => `/${text}`,
  ];
  const queries: readonly ((text: string) => string)[] = [
    ...['project_id', 'active_only', 'limit', 'cursor'].map(
      (name) => (text: string) => `/webhooks?${name}=${text}`,
    ),
    ...['status', 'webhook_id', 'event', 'project_id', 'since', 'until', 'cursor', 'limit'].map(
      (name) => (text: string) => `/webhooks/deliveries?${name}=${text}`,
    ),
    (text) => `/webhooks?cursor=${Buffer.from(decodeURIComponent(text)).toString('base64url')}`,
    (text) => `/webhooks/deliveries?cursor=${Buffer.from(decodeURIComponent(text)).toString('base64url')}`,
    (text) => `/webhooks?${text}=${text}`,
    (text) => `/webhooks?project_id=${text}&project_id=${text}`,
    (text) => `/webhooks?project_id[${text}]=${text}`,
  ];

  it('in paths and queries get 2xx or 4xx', async () => {
    await forEachText(async (text) => {
      const encoded = encodeURIComponent(text.toWellFormed());
      await call('POST', `/projects/${encoded}/webhooks`, valid()).catch(tooLong(text));
      for (const path of [...paths, ...queries]) await call('GET', path(encoded)).catch(tooLong(text));
      for (const path of paths.slice(0, 2)) await call('DELETE', path(encoded)).catch(tooLong(text));
      for (const path of ['test', 'x'])
        await call('POST', `/webhooks/${encoded}/${path}`).catch(tooLong(text));
      await call('POST', `/webhooks/deliveries/${encoded}/retry`).catch(tooLong(text));
    });
  });

  /** Of a request line beyond 16 KiB Node itself says 431, without a body. */
  const tooLong = (text: string) => (error: Error) => {
    if (text.length < 10_000 || !error.message.includes('answered 431')) throw error;
  };

  it.each([
    'Idempotency-Key',
    'X-Request-Id',
    'X-API-Key',
    'Authorization',
    'Content-Type',
    'Accept',
    'Host',
  ])('as %s get 2xx or 4xx, whatever their bytes', async (name) => {
    const body = '{"event":"system.health"}';
    const port = Number(new URL(app.url).port);
    await forEachText(async (text) => {
      const given = [`POST ${API}/events HTTP/1.1`, 'Connection: close', `${name}: ${text}`];
      if (name !== 'Host') given.push('Host: localhost');
      if (name !== 'Content-Type') given.push('Content-Type: application/json');
      const head = [...given, `Content-Length: ${body.length}`].join('\r\n');
      const { status, head: answered } = await rawRequest(port, `${head}\r\n\r\n${body}`);
      expect([202, 400, 403, 415, 422, 431]).toContain(status);
      expect(answered).not.toMatch(/^X-Injected/im);
    });
  });

  it('unencoded in the request line get 2xx or 4xx', async () => {
    const port = Number(new URL(app.url).port);
    await forEachText(async (text) => {
      for (const target of [`${API}/webhooks/${text}`, `${API}/webhooks?project_id=${text}`, text]) {
        const { status } = await rawRequest(
          port,
          `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        );
        expect({
          target,
          isGood: (status >= 200 && status < 300) || (status >= 400 && status < 500),
        }).toEqual({
          target,
          isGood: true,
        });
      }
    });
  });
});

describe('after all of that', () => {
  it('nothing of others has changed in the graph', async () => {
    expect(await others()).toEqual(bystanders);
    const labels = await graph.run('MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label');
    const known = /^(?:Person|OrphanData|Project|(?:Deleted)?Webhook\w*)$/;
    expect(labels.filter(({ label }) => !known.test(label))).toEqual([]);
  });

  it('no prototype was touched', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as any).admin).toBeUndefined();
  });

  it('the service works', async () => {
    expect((await call('POST', '/events', { event: 'system.health' })).status).toBe(202);
  });
});
