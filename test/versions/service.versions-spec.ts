import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReceiver } from '../../src/receiver/receiver.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

/** The Node.js that the runner was asked for. */
const WANTED = process.env['NODE_WANTED'];
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

let graph: Graph;
let receiver: Receiver;
let service: ServiceProcess;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start([500, 200]);
  service = await ServiceProcess.start(testConnection());
}, 120_000);
afterAll(async () => {
  await service.end('SIGKILL');
  await receiver.close();
  await graph.close();
});

describe(`the built service on Node.js ${process.version}`, () => {
  it('is that of the version that was asked for', () => {
    expect(process.versions.node).toBe(WANTED ?? process.versions.node);
    expect(service.output).toContain(`"node":"${process.versions.node}"`);
  });

  it('takes an event, delivers it signed, again after a failure, and stops in good order', async () => {
    const webhook = await service.api('POST', '/webhooks', {
      ...{ name: 'v', url: receiver.url('/hook?a=b'), events: ['*'], secret: SECRET },
      ...{ headers: { Authorization: 'Bearer x' }, retry_config: { initial_delay: 0.2 } },
    });
    const data = { name: 'Ö', n: 1.5, list: [null, true] };
    const { delivery_ids } = await service.api('POST', '/events', { event: 'entity.created', data });
    await receiver.waitFor(2, 30_000);
    for (const { headers, body, json } of receiver.requests) {
      expect(json.data).toEqual(data);
      expect(headers['authorization']).toBe('Bearer x');
      const event = await createReceiver({ secrets: [SECRET] }).verify({ headers, body });
      expect(event).toMatchObject({ type: 'entity.created', payload: { data } });
    }
    const record = async (): Promise<any> => service.api('GET', `/webhooks/deliveries/${delivery_ids[0]}`);
    await until(async () => (await record()).status === 'success', 'the delivery');
    expect(await record()).toMatchObject({ webhook_id: webhook.id, attempts: 2, response_code: 200 });
    expect((await service.call('GET', '/openapi.json')).status).toBe(200);
    expect(await service.end('SIGTERM')).toBe(0);
  }, 120_000);
});
