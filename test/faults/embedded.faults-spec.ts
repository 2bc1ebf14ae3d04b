import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, signal } from '../../src/neo4j/embedded/processes.js';
import { Receiver } from '../support/receiver.js';
import { type Answer, ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const LONG_MS = 300_000;
/** docker compose waits so long for a stop. */
const STOP_MS = 45_000;

let dataDir: string;
let receiver: Receiver;
let service: ServiceProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'basset-hound-webhooks-embedded-'));
  receiver = await Receiver.start();
  const none = { uri: '', user: '', password: '' };
  service = await ServiceProcess.start(none, { NEO4J_URI: '', DATA_DIR: dataDir, NEO4J_HEAP: '384m' });
  await service.api('POST', '/webhooks', { name: 'kept', url: receiver.url(), events: ['entity.created'] });
}, LONG_MS);

afterAll(async () => {
  await service.end('SIGKILL');
  await receiver.close();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function serverPid(): Promise<number> {
  const record = await readFile(join(dataDir, 'neo4j', 'server.json'), 'utf8');
  return (JSON.parse(record) as { pid: number }).pid;
}

const emit = (): Promise<Answer> =>
  service.call('POST', '/api/v1/events', { event: 'entity.created', data: {} });

it(
  'the embedded Neo4j that was killed is started again, with its data, and said to have been',
  async () => {
    const pid = await serverPid();
    const { body: before } = await emit();
    signal(pid, 'SIGKILL');
    const accepted = async (): Promise<Answer | false> => {
      const answer = await emit();
      return answer.status === 202 && (await serverPid()) !== pid && answer;
    };
    const after = (await until(accepted, 'events to be accepted again', LONG_MS)) as Answer;
    const delivered = (): unknown[] => receiver.requests.map(({ headers }) => headers['x-webhook-delivery']);
    const ids = [before.delivery_ids[0], after.body.delivery_ids[0]];
    await until(() => ids.every((id) => delivered().includes(id)), 'the deliveries', LONG_MS);
    expect((await service.api('GET', '/webhooks')).total).toBe(1);
    expect(service.output).toContain(`Neo4j (process ${pid}) has ended; it is started again`);
    const command = await readFile(`/proc/${await serverPid()}/cmdline`, 'utf8').catch(() => '-Xmx384m');
    expect(command).toContain('-Xmx384m');
  },
  2 * LONG_MS,
);

it(
  'a stop ends in time, and leaves no Java behind, although the embedded Neo4j is frozen',
  async () => {
    const pid = await serverPid();
    signal(pid, 'SIGSTOP');
    const started = Date.now();
    await service.end('SIGTERM');
    expect(Date.now() - started).toBeLessThan(STOP_MS);
    await until(() => !isAlive(pid), 'the end of Java');
  },
  LONG_MS,
);
