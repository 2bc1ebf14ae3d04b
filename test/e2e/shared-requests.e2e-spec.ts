import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.js';
import { setSharedApi } from '../support/api-scene.js';
import type { Graph } from '../support/graph.js';
import type { Receiver, Answer, ReceivedRequest } from '../support/receiver.js';
import { until } from '../support/until.js';

let api: Api;
let graph: Graph;
let receiver: Receiver;
/** Of each test its own: no webhook gets the events of another. */
let project: string;
let projects = 0;

setSharedApi((scene) => {
  ({ api, graph, receiver } = scene);
});
beforeEach(() => {
  projects += 1;
  project = `project-${projects}`;
});

/** Emits them in one batch; answers the ids of their deliveries to the one webhook. */
async function emit(count: number, of: (n: number) => object = () => ({})): Promise<string[]> {
  const events = Array.from({ length: count }, (_, n) => ({
    event: n % 3 === 0 ? 'report.generated' : 'report.scheduled',
    project_id: project,
    data: { n, name: `Report ${n} <!channel>`, ...of(n) },
  }));
  const answer = await api.post('/events/batch', { events }, 202);
  return answer.events.flatMap(({ delivery_ids: ids }: any) => ids);
}

async function untilEnded(webhookId: string, count: number): Promise<any[]> {
  let deliveries: any[] = [];
  await until(async () => {
    ({ deliveries } = await api.get(`/webhooks/${webhookId}/deliveries?limit=100`));
    return (
      deliveries.length === count &&
      deliveries.every(({ status }) => status === 'success' || status === 'failed')
    );
  }, 'all have ended');
  return deliveries.toReversed();
}

const create = (body: object): Promise<any> =>
  api.createWebhook({
    events: ['report.*'],
    project_id: project,
    retry_config: { initial_delay: 0.1 },
    ...body,
  });

/** A pace of a few a second, so that the events of a batch wait when the first one is out. */
const SLOW = { max_requests_per_second: 4 };

describe('a digest', () => {
  const chat = (format_options: object): object => ({
    ...{ url: receiver.url('/services/T0/B0/X0'), format: 'slack', format_options },
  });
  const texts = ({ json }: ReceivedRequest): string =>
    JSON.stringify(json.blocks.flatMap(({ fields = [] }: any) => fields));

  it('tells of many in one message, which each of its deliveries names', async () => {
    receiver.answerWith([{ body: 'ok' }]);
    const { id } = await create({ ...chat({ digest: 5 }), ...SLOW });
    await emit(60);
    const deliveries = await untilEnded(id, 60);
    const digests = receiver.requests.filter(({ json }) => /^\d+ events$/.test(json.blocks[0].text.text));
    expect(digests.length).toBeGreaterThan(0);
    expect(receiver.requests.length).toBeLessThan(30);
    expect(texts(digests[0]!)).toMatch(/Report scheduled.*Report generated.*Report \d+ &lt;!channel&gt;/);
    const inDigests = deliveries.filter(({ digest_id: digestId }) => digestId !== null);
    const sizes = digests.map(({ json }) => Number.parseInt(json.blocks[0].text.text, 10));
    expect(new Set(inDigests.map(({ digest_id: digestId }) => digestId)).size).toBe(digests.length);
    expect(inDigests).toHaveLength(sizes.reduce((sum, size) => sum + size));
    expect(inDigests.length + receiver.requests.length - digests.length).toBe(60);
    expect(deliveries.every(({ outcome, attempts }) => outcome === 'success' && attempts === 1)).toBe(true);
    expect(
      await graph.value(
        'MATCH (d:WebhookDelivery {webhook_id: $id}) WHERE d.digest_id IS NOT NULL RETURN count(d)',
        { id },
      ),
    ).toBe(inDigests.length);
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    expect(receiver.requests.at(-1)?.json.blocks[0].text.text).not.toContain('events');
  });

  it('that is not taken is tried again, and then tells of the same', async () => {
    let refused = 0;
    receiver.answerWith(({ json }) => {
      const isDigest = /events$/.test(json.blocks[0].text.text);
      return isDigest && refused++ === 0 ? 500 : { body: 'ok' };
    });
    const { id } = await create({ ...chat({ digest: 3 }), ...SLOW });
    await emit(20);
    const deliveries = await untilEnded(id, 20);
    expect(deliveries.filter(({ status }) => status === 'success')).toHaveLength(20);
    expect(deliveries.some(({ attempts }) => attempts > 1)).toBe(true);
  });

  it('is not made where it is switched off', async () => {
    receiver.answerWith([{ body: 'ok' }]);
    const { id } = await create({ ...chat({ digest: 0 }), max_requests_per_second: 200 });
    await emit(40);
    const deliveries = await untilEnded(id, 40);
    expect(receiver.requests).toHaveLength(40);
    expect(deliveries.every(({ digest_id: digestId }) => digestId === null)).toBe(true);
  });
});

describe('several events in one request', () => {
  const said = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) });

  /** Splunk stops at the first event that is wrong, and names it. */
  const splunk = ({ body }: ReceivedRequest): Answer => {
    const events = JSON.parse(`[${body.toString().replaceAll(/\}\{(?="time":)/g, '},{')}]`);
    const wrong = events.findIndex(({ event }: any) => event.data.wrong);
    return wrong < 0
      ? said(200, { text: 'Success', code: 0 })
      : said(400, { text: 'Invalid data format', code: 6, 'invalid-event-number': wrong });
  };

  it('goes to Splunk, and one that is wrong is rejected alone', async () => {
    receiver.answerWith(splunk);
    const { id } = await create({
      ...{ url: receiver.url('/services/collector/event'), format: 'splunk_hec', ...SLOW },
      headers: { Authorization: 'Splunk x' },
    });
    await emit(40, (n) => (n === 20 ? { wrong: true } : {}));
    const deliveries = await untilEnded(id, 40);
    expect(receiver.requests.length).toBeLessThan(20);
    const failed = deliveries.filter(({ status }) => status === 'failed');
    expect(failed.map(({ payload }) => payload.data.n)).toEqual([20]);
    expect(failed[0]).toMatchObject({
      outcome: 'rejected',
      error_message: 'Splunk: Invalid data format (code 6)',
    });
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ circuit: 'closed', consecutive_failures: 0 });
  });

  it('goes to Elasticsearch, and each is settled by its own line', async () => {
    receiver.answerWith(({ body }) => {
      const documents = body
        .toString()
        .split('\n')
        .filter((_, line) => line % 2 === 1);
      const items = documents.map((document) => {
        const { data } = JSON.parse(JSON.parse(document).event.original);
        const error = { type: 'mapper_parsing_exception', reason: 'x'.repeat(200) };
        const refused = data.n === 41 ? { status: 403, error: { type: 'security_exception' } } : undefined;
        return { create: refused ?? (data.n % 10 === 7 ? { status: 400, error } : { status: 201 }) };
      });
      return said(200, { errors: items.some(({ create }) => create.status !== 201), items });
    });
    const { id } = await create({
      ...{ url: receiver.url('/logs-x-y/_bulk'), format: 'elasticsearch', ...SLOW },
      retry_config: { max_retries: 0 },
    });
    await emit(50);
    const deliveries = await untilEnded(id, 50);
    expect(receiver.requests.length).toBeLessThan(20);
    const ended = deliveries.filter(({ status }) => status === 'failed');
    // What somebody could repair for all is, beside what arrived, a failure of this one.
    const alone = ended.find(({ payload }) => payload.data.n === 41);
    expect(alone).toMatchObject({ outcome: 'retry', attempts: 1 });
    expect(alone.error_message).toContain('security_exception');
    const failed = ended.filter((one) => one !== alone);
    expect(failed.map(({ payload }) => payload.data.n)).toEqual([7, 17, 27, 37, 47]);
    expect(failed.every(({ outcome, attempts }) => outcome === 'rejected' && attempts === 1)).toBe(true);
  });

  it('goes to Loki, which refuses the request for one: that one is found', async () => {
    const stored = new Set<number>();
    receiver.answerWith(({ json }) => {
      const numbers = json.streams.map(({ values }: any) => JSON.parse(values[0][1]).data.n);
      if (numbers.includes(11)) return { status: 400, body: 'entry too far behind' };
      for (const n of numbers) stored.add(n);
      return { status: 204 };
    });
    const { id } = await create({
      ...{ url: receiver.url('/loki/api/v1/push'), format: 'loki', max_requests_per_second: 20 },
    });
    await emit(30);
    const deliveries = await untilEnded(id, 30);
    expect(
      deliveries.filter(({ status }) => status === 'failed').map(({ payload }) => payload.data.n),
    ).toEqual([11]);
    expect(stored.size).toBe(29);
    expect(receiver.requests.length).toBeLessThan(30);
  });

  it('waits with all of them when it is asked to, and loses none', async () => {
    receiver.answerWith((_, n) =>
      n === 1 ? { status: 429, headers: { 'retry-after': '1' } } : said(200, {}),
    );
    const { id } = await create({ url: receiver.url('/v1/logs'), format: 'otlp_logs', ...SLOW });
    await emit(30);
    const deliveries = await untilEnded(id, 30);
    expect(deliveries.every(({ status }) => status === 'success')).toBe(true);
    expect(receiver.requests.length).toBeLessThan(10);
  });

  it('is one after the other where that is asked for', async () => {
    receiver.answerWith([said(200, {})]);
    const { id } = await create({
      ...{ url: receiver.url('/v1/logs'), format: 'otlp_logs', format_options: { batch: 1 } },
    });
    await emit(20);
    await untilEnded(id, 20);
    expect(receiver.requests).toHaveLength(20);
  });
});
