import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Receiver } from '../support/receiver.js';
import { type Answer, ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const run = promisify(execFile);

/** Room for an empty Neo4j and a part of its log of transactions. */
const SIZE_MIB = 400;
const BODY_BYTES = 900_000;
const LONG_MS = 300_000;

let disk: string;
let isMounted = false;
let receiver: Receiver;
let service: ServiceProcess;
/** Ends what was started. */
let stop = async (): Promise<void> => undefined;

/** A small disk, where the machine lets us have one. */
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'basset-hound-webhooks-disk-'));
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', disk];
  isMounted = await run('mount', options).then(
    () => true,
    () => false,
  );
});

afterAll(async () => {
  await stop();
  if (isMounted) await run('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
}, 60_000);

const emit = (n: number, bytes = 10): Promise<Answer> =>
  service.call(
    'POST',
    '/api/v1/events',
    { event: 'entity.created', data: { n, text: 'x'.repeat(bytes) } },
    { 'idempotency-key': `event-${n}` },
  );

/** Takes what room there is. */
async function fill(file: string): Promise<void> {
  await writeFile(file, Buffer.alloc(SIZE_MIB * 1024 * 1024)).catch(() => undefined);
}

/** What the log told of each outage, up to its end: the small writes that find room on a full disk end one. */
const toldOutages = (): string[][] =>
  service.output.split('Neo4j works again').map((part) => {
    const lines = part.split('\n').filter((line) => line.includes('Callers get 503'));
    return lines.map(
      (line) => /Neo4j (does not answer|does not accept|cannot do|is too busy)/.exec(line)?.[1] ?? line,
    );
  });

it(
  'a full disk is 503 and told once; with room on it again everything goes on by itself, and nothing is lost',
  async () => {
    if (!isMounted) {
      process.stdout.write('Skipped: no file system may be mounted here\n');
      return;
    }
    receiver = await Receiver.start();
    stop = () => receiver.close();
    const none = { uri: '', user: '', password: '' };
    service = await ServiceProcess.start(none, {
      NEO4J_URI: '',
      DATA_DIR: disk,
      INGEST_TIMEOUT_SECONDS: '3',
    });
    stop = async () => {
      await service.end('SIGTERM');
      await receiver.close();
    };
    await service.api('POST', '/webhooks', { name: 'disk', url: receiver.url(), events: ['entity.created'] });
    const accepted: string[] = [];
    const send = async (n: number, bytes?: number): Promise<Answer> => {
      const answer = await emit(n, bytes);
      if (answer.status === 202) accepted.push(answer.body.delivery_ids[0]);
      return answer;
    };
    expect((await send(0)).status).toBe(202);
    const filler = join(disk, 'filler');
    await fill(filler);
    let n = 1;
    await until(
      async () => (await send((n += 1), BODY_BYTES)).status !== 202,
      'the disk to be full',
      LONG_MS,
    );
    const refused = await emit((n += 1), BODY_BYTES);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await service.call('GET', '/health/ready')).status).toBe(503);
    expect((await service.call('GET', '/health/live')).status).toBe(200);
    await rm(filler);
    await until(async () => (await send((n += 1))).status === 202, 'events to be accepted again', LONG_MS);
    await until(() => service.isReady(), 'the service to be ready again', LONG_MS);
    const delivered = (): Set<unknown> =>
      new Set(receiver.requests.map(({ headers }) => headers['x-webhook-delivery']));
    await until(() => accepted.every((id) => delivered().has(id)), 'all deliveries', LONG_MS);
    const outages = toldOutages();
    expect(outages.flat()).toContain('cannot do');
    for (const kinds of outages) expect(kinds).toEqual([...new Set(kinds)]);
  },
  3 * LONG_MS,
);
