import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testConnection } from '../support/connection.js';
import { freePort } from '../support/free-port.js';
import { Graph } from '../support/graph.js';
import { Receiver, type ReceivedRequest } from '../support/receiver.js';
import { until } from '../support/until.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const PENDING = 500;

let graph: Graph;
let receiver: Receiver;
let child: ChildProcess;
let port: number;

/** The built service as a process of its own, so that it can be killed. */
async function startService(): Promise<void> {
  const { uri, user, password } = testConnection();
  child = spawn(process.execPath, [MAIN], {
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: String(port),
      NEO4J_URI: uri,
      NEO4J_USER: user,
      NEO4J_PASSWORD: password,
      SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
      ALLOWED_NETWORKS: '127.0.0.0/8',
      MAX_REQUESTS_PER_SECOND: '0',
    },
  });
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(ready, 'the service to be ready', 60_000);
}

async function post(path: string, body: object): Promise<any> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function end(signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start(() => ({ status: 200, body: 'ok', delayMs: 50 }));
  port = await freePort();
}, 60_000);
afterAll(async () => {
  await end('SIGTERM');
  await graph.wipe();
  await receiver.close();
  await graph.close();
}, 60_000);

/** How many events the messages tell of. */
function told(chat: readonly ReceivedRequest[]): number {
  const titles = chat.map(({ json }) => json.blocks[0].text.text as string);
  return titles.reduce((sum, title) => sum + Number(/^(\d+) events$/.exec(title)?.[1] ?? 1), 0);
}

it(`loses none of ${PENDING} pending deliveries to SIGKILL`, async () => {
  await startService();
  await post('/webhooks', { name: 'k', url: receiver.url(), events: ['entity.created'] });
  const chat = { url: receiver.url('/services/T/B/X'), format: 'slack', max_requests_per_second: 10 };
  await post('/webhooks', { name: 'chat', events: ['entity.created'], ...chat });
  const events = Array.from({ length: PENDING }, (_, n) => ({ event: 'entity.created', data: { n } }));
  const { events: accepted } = await post('/events/batch', { events });
  await end('SIGKILL');
  const isChat = ({ path }: ReceivedRequest): boolean => path.startsWith('/services');
  const own = (): ReceivedRequest[] => receiver.requests.filter((request) => !isChat(request));
  const before = new Set(own().map(({ headers }) => headers['x-webhook-delivery']));
  expect(before.size).toBeLessThan(PENDING);
  expect(await graph.count('WebhookDelivery', { status: 'success' })).toBeLessThan(2 * PENDING);

  await startService();
  const delivered = () => graph.count('WebhookDelivery', { status: 'success' });
  await until(async () => (await delivered()) === 2 * PENDING, 'all deliveries', 60_000);
  const seen = new Set(own().map(({ headers }) => headers['x-webhook-delivery']));
  const plain: string[] = await graph.value(
    'MATCH (w:Webhook {name: "k"}) MATCH (d:WebhookDelivery {webhook_id: w.id}) RETURN collect(d.id)',
  );
  expect(accepted.flatMap(({ delivery_ids: all }: any) => all)).toHaveLength(2 * PENDING);
  expect([...seen].sort()).toEqual(plain.sort());
  // A digest may tell again of what the killed process told of.
  expect(told(receiver.requests.filter(isChat))).toBeGreaterThanOrEqual(PENDING);
  const ids = own().map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids)).toEqual(new Set(accepted.map(({ event_id }: any) => event_id)));
}, 180_000);
