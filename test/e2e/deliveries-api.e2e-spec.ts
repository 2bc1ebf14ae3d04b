import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API, type Api } from '../support/api.js';
import { setCleanApi } from '../support/api-scene.js';
import type { TestApp } from '../support/app.js';
import type { Graph } from '../support/graph.js';
import type { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

setCleanApi((scene) => {
  ({ app, api, graph, receiver } = scene);
});

const noRetry = { retry_config: { max_retries: 0 } };
const stats = () => api.get('/webhooks/stats');

describe('a delivery', () => {
  it('is answered with every key', async () => {
    receiver.answerWith([{ status: 201, body: 'thanks' }]);
    const webhook = await api.createWebhook({ url: receiver.url() });
    const { event_id, delivery_ids } = await api.emit({ data: { a: 1 } });
    const delivery = await api.untilDelivery(delivery_ids[0]!, 'success');
    expect(delivery).toEqual({
      id: delivery_ids[0],
      webhook_id: webhook.id,
      event_id,
      event: 'entity.created',
      project_id: null,
      payload: { event: 'entity.created', timestamp: expect.any(String), project_id: null, data: { a: 1 } },
      status: 'success',
      attempts: 1,
      last_attempt_at: expect.stringMatching(/Z$/),
      outcome: 'success',
      next_retry_at: null,
      response_code: 201,
      response_body: 'thanks',
      error_message: null,
      error_code: null,
      digest_id: null,
      duration_ms: expect.any(Number),
      created_at: expect.stringMatching(/Z$/),
    });
  });

  it('keeps the first 1 KiB of the answer', async () => {
    receiver.answerWith([{ body: 'x'.repeat(5000) }]);
    await api.createWebhook({ url: receiver.url() });
    const { delivery_ids } = await api.emit();
    const { response_body } = await api.untilDelivery(delivery_ids[0]!, 'success');
    expect(response_body).toBe('x'.repeat(1024));
  });

  it('is 404 when unknown', async () => {
    expect((await api.get('/webhooks/deliveries/nope', 404)).detail).toBe("Delivery 'nope' not found");
    expect((await api.post('/webhooks/deliveries/nope/retry', undefined, 404)).detail).toBe(
      "Delivery 'nope' not found",
    );
  });

  it('has each attempt in the graph', async () => {
    receiver.answerWith([
      { status: 500, body: 'no' },
      { status: 200, body: 'yes' },
    ]);
    await api.createWebhook({ url: receiver.url(), retry_config: { initial_delay: 0.1 } });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'success');
    const attempts = await graph.run(
      `MATCH (:WebhookDelivery {id: $id})-[:HAS_ATTEMPT]->(a:WebhookAttempt)
       RETURN a.number AS number, a.response_code AS code, a.response_body AS body, a.error_message AS error,
         a.error_code AS reason ORDER BY number`,
      { id: delivery_ids[0] },
    );
    expect(attempts).toEqual([
      { number: 1, code: 500, body: 'no', error: 'HTTP 500', reason: 'http' },
      { number: 2, code: 200, body: 'yes', error: null, reason: null },
    ]);
  });
});

describe('the lists', () => {
  it('filter, page and count', async () => {
    receiver.answerWith(({ json }) => (json.data.ok ? 200 : 500));
    const a = await api.createWebhook({ url: receiver.url('/a'), ...noRetry });
    const b = await api.createWebhook({ url: receiver.url('/b'), events: ['orphan.*'], ...noRetry });
    for (const ok of [true, true, false]) await api.emit({ data: { ok }, project_id: 'p' });
    await api.emit({ event: 'orphan.linked', data: { ok: true } });
    await until(async () => (await stats()).pending_deliveries === 0);

    const ids = async (path: string): Promise<number> => {
      const { deliveries, total } = await api.get(path);
      const created = deliveries.map(({ created_at }: any) => created_at);
      expect(created).toEqual([...created].sort().reverse());
      expect(total).toBe(deliveries.length);
      return total;
    };
    expect(await ids(`/webhooks/${a.id}/deliveries`)).toBe(3);
    expect(await ids(`/webhooks/${a.id}/deliveries?status=`)).toBe(3);
    expect(await ids(`/webhooks/${a.id}/deliveries?status=failed`)).toBe(1);
    expect(await ids(`/webhooks/${a.id}/deliveries?status=pending`)).toBe(0);
    expect(await ids('/webhooks/deliveries')).toBe(4);
    expect(await ids('/webhooks/deliveries?status=success')).toBe(3);
    expect(await ids(`/webhooks/deliveries?webhook_id=${b.id}`)).toBe(1);
    expect(await ids('/webhooks/deliveries?event=orphan.linked')).toBe(1);
    expect(await ids('/webhooks/deliveries?project_id=p')).toBe(3);
    expect(await ids('/webhooks/deliveries?project_id=p&event=entity.created&status=failed')).toBe(1);
    expect(await ids('/webhooks/deliveries?project_id=p&event=orphan.linked')).toBe(0);
    expect(await ids('/webhooks/deliveries?status=retrying')).toBe(0);
    expect(await ids('/webhooks/deliveries?since=2020-01-01T00:00:00Z')).toBe(4);
    expect(await ids('/webhooks/deliveries?until=2020-01-01T00:00:00Z')).toBe(0);
    for (const until of ['9999-12-31T23:59:59-05:00', '9999-12-31T23:59:59Z', '9999-12-31T23:59:60Z']) {
      expect(await ids(`/webhooks/deliveries?until=${until}`)).toBe(4);
      expect(await ids(`/webhooks/deliveries?webhook_id=${a.id}&until=${until}`)).toBe(3);
    }
    expect(await ids('/webhooks/deliveries?since=0000-01-01T00:00:00%2B05:00')).toBe(4);
    expect(await ids('/webhooks/deliveries?since=9999-12-31T23:59:59-05:00')).toBe(0);

    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page += 1) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const answer: any = await api.get(`/webhooks/${a.id}/deliveries?limit=2${query}`);
      expect(answer.total).toBe(3);
      seen.push(...answer.deliveries.map(({ id }: any) => id));
      cursor = answer.next_cursor;
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it.each([
    ['/webhooks/deliveries?status=done', 400],
    ['/webhooks/deliveries?event=nope', 400],
    ['/webhooks/deliveries?limit=0', 422],
    ['/webhooks/deliveries?limit=101', 422],
    ['/webhooks/deliveries?since=today', 422],
    ['/webhooks/deliveries?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 422],
    ['/webhooks/deliveries?since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z', 200],
    ['/webhooks/deliveries?cursor=!', 422],
    ['/webhooks/deliveries?webhook_id=nope', 200],
    ['/webhooks/nope/deliveries', 404],
    ['/webhooks/nope/deliveries?status=done', 400],
    ['/webhooks/nope/deliveries?limit=x', 422],
  ])('%s is %i', async (path, status) => {
    await api.get(path, status);
  });

  it('says which status is unknown', async () => {
    expect((await api.get('/webhooks/deliveries?status=done', 400)).detail).toBe('Invalid status: done');
  });
});

describe('a time in a query', () => {
  it('that comes after the end of its range is named', async () => {
    const query = 'since=2026-01-01T00:00:00-01:00&until=2026-01-01T00:30:00Z';
    const { errors } = await api.get(`/webhooks/deliveries?${query}`, 422);
    expect(errors).toEqual([
      { loc: ['query', 'until'], msg: 'must not be before since', type: 'time_range' },
    ]);
  });

  it.each(['since', 'until'])('%s with a + that was not escaped is told how to write it', async (name) => {
    const { detail } = await api.get(`/webhooks/deliveries?${name}=2026-01-01T00:00:00+02:00`, 422);
    expect(detail).toMatch('in a URL write + as %2B');
    await api.get(`/webhooks/deliveries?${name}=2026-01-01T00:00:00%2B02:00`);
  });

  it('from code is held to the same rules', async () => {
    const service = app.get(WebhookService);
    await expect(service.listDeliveries({ since: 'today' })).rejects.toThrow('RFC 3339');
    await expect(service.recoverWebhook('w', { until: 'today' })).rejects.toThrow('RFC 3339');
    expect((await service.listDeliveries({ since: '2020-01-01T00:00:00+02:00' })).items).toEqual([]);
  });
});

describe('the log of a deleted webhook', () => {
  it('is 404 at the webhook, and stays in the whole log', async () => {
    const { id } = await api.createWebhook({ url: receiver.url() });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'success');
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
    const { detail } = await api.get(`/webhooks/${id}/deliveries`, 404);
    expect(detail).toBe(`Webhook '${id}' not found`);
    expect((await api.get(`/webhooks/deliveries?webhook_id=${id}`)).total).toBe(1);
  });
});

describe('POST /webhooks/deliveries/{id}/retry', () => {
  it('refuses a delivery that succeeded', async () => {
    await api.createWebhook({ url: receiver.url() });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'success');
    const { detail } = await api.post(`/webhooks/deliveries/${delivery_ids[0]}/retry`, undefined, 400);
    expect(detail).toBe('Delivery cannot be retried (not in failed state)');
  });

  it('sends the same bytes under the same ids again, at once, and moves the counts', async () => {
    receiver.answerWith([500, 200]);
    const webhook = await api.createWebhook({ url: receiver.url(), ...noRetry });
    const { delivery_ids } = await api.emit({ data: { n: 1 } });
    await api.untilDelivery(delivery_ids[0]!, 'failed');
    expect(await stats()).toMatchObject({
      successful_deliveries: 0,
      failed_deliveries: 1,
      pending_deliveries: 0,
    });
    const record = await api.post(`/webhooks/deliveries/${delivery_ids[0]}/retry`, undefined, 200);
    expect(record).toMatchObject({
      id: delivery_ids[0],
      status: 'success',
      attempts: 2,
      error_message: null,
    });
    const [first, second] = receiver.requests;
    expect(second?.body.equals(first!.body)).toBe(true);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['x-webhook-attempt']).toBe('2');
    expect(await stats()).toMatchObject({
      successful_deliveries: 1,
      failed_deliveries: 0,
      retried_deliveries: 1,
    });
    expect(await api.get(`/webhooks/${webhook.id}`)).toMatchObject({
      delivery_count: 1,
      success_count: 1,
      failure_count: 0,
    });
  });

  it('does not wait for a retrying delivery, and goes on by a fresh schedule', async () => {
    receiver.answerWith([500, 500, 200]);
    await api.createWebhook({ url: receiver.url(), retry_config: { max_retries: 1, initial_delay: 60 } });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'retrying');
    const record = await api.post(`/webhooks/deliveries/${delivery_ids[0]}/retry`, undefined, 200);
    expect(record).toMatchObject({ status: 'retrying', attempts: 2, response_code: 500 });
    expect(record.next_retry_at).not.toBeNull();
    expect(await api.post(`/webhooks/deliveries/${delivery_ids[0]}/retry`, undefined, 200)).toMatchObject({
      status: 'success',
      attempts: 3,
    });
  });

  it('makes one attempt, however many ask at once', async () => {
    receiver.answerWith([500, { status: 200, delayMs: 200 }]);
    await api.createWebhook({ url: receiver.url(), ...noRetry });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'failed');
    const retry = () =>
      fetch(`${app.url}/api/v1/webhooks/deliveries/${delivery_ids[0]}/retry`, { method: 'POST' }).then(
        ({ status }) => status,
      );
    const statuses = await Promise.all(Array.from({ length: 8 }, retry));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(7);
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('POST /webhooks/{id}/test', () => {
  it('makes one attempt without retries, for an inactive webhook, too', async () => {
    receiver.answerWith([200, 500]);
    const { id } = await api.createWebhook({
      url: receiver.url(),
      active: false,
      project_id: 'p',
      secret: 's',
    });
    const good = await api.post(`/webhooks/${id}/test`, undefined, 200);
    expect(good).toMatchObject({
      status: 'success',
      event: 'system.health',
      attempts: 1,
      payload: { event: 'test', project_id: 'p', data: { message: expect.any(String) } },
    });
    expect(Object.keys(good.payload)).toEqual(['event', 'timestamp', 'project_id', 'data']);
    expect(receiver.requests[0]?.headers).toMatchObject({
      'x-webhook-event': 'system.health',
      'webhook-id': good.event_id,
    });
    expect(await api.post(`/webhooks/${id}/test`, {}, 200)).toMatchObject({
      status: 'failed',
      next_retry_at: null,
      error_message: 'HTTP 500',
    });
    await receiver.expectQuiet();
    expect((await api.get(`/webhooks/${id}/deliveries`)).total).toBe(2);
  });

  it('404 for an unknown webhook', async () => {
    expect((await api.post('/webhooks/nope/test', undefined, 404)).detail).toBe("Webhook 'nope' not found");
  });
});

describe('statistics', () => {
  it('begin at zero, add up to the log, and go back to zero', async () => {
    const zero = {
      total_events: 0,
      successful_deliveries: 0,
      failed_deliveries: 0,
      retried_deliveries: 0,
      active_webhooks: 0,
      total_webhooks: 0,
      pending_deliveries: 0,
      oldest_due_at: null,
    };
    expect(await stats()).toEqual(zero);
    receiver.answerWith(({ json }, n) => (json.data.ok || n > 5 ? 200 : 500));
    await api.createWebhook({ url: receiver.url(), ...noRetry });
    await api.createWebhook({ url: receiver.url(), active: false });
    await api.emit({ data: { ok: true } });
    await api.emit({ data: {} });
    await api.emit({ event: 'search.executed' });
    await until(async () => (await stats()).pending_deliveries === 0);
    expect(await stats()).toEqual({
      ...zero,
      total_events: 3,
      successful_deliveries: 1,
      failed_deliveries: 1,
      active_webhooks: 1,
      total_webhooks: 2,
    });
    await app.get(WebhookService).clear();
    expect(await stats()).toEqual(zero);
    expect(await api.get('/webhooks/deliveries')).toMatchObject({ deliveries: [], total: 0 });
  });
});

describe('a list of large deliveries', () => {
  it('has at most 4 MiB and goes on behind its cursor; without payloads it has them all', async () => {
    await api.createWebhook({ url: receiver.url() });
    const data = { a: 'é'.repeat(500_000) };
    const sent: string[] = [];
    for (let n = 0; n < 6; n += 1) sent.push(...(await api.emit({ data })).delivery_ids);
    const pages: any[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1).next_cursor) {
      const answer = await fetch(
        `${app.url}/api/v1/webhooks/deliveries?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
      pages.push(JSON.parse(bytes.toString()));
    }
    expect(pages.map(({ deliveries }) => deliveries.length)).toEqual([4, 2]);
    const listed = pages.flatMap(({ deliveries }) => deliveries);
    expect(listed.map(({ id }) => id)).toEqual([...sent].reverse());
    expect(listed.every(({ payload }) => payload.data.a === data.a)).toBe(true);
    const bare = await api.get('/webhooks/deliveries?limit=100&payload=false');
    expect(bare.deliveries.map(({ id, payload }: any) => [id, payload])).toEqual(
      [...sent].reverse().map((id) => [id, null]),
    );
    expect(bare.next_cursor).toBeNull();
    expect((await api.delivery(sent[0]!)).payload.data).toEqual(data);
  });
});
