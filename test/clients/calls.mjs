// @ts-check
/**
 * One call of each operation by a client that openapi-typescript made types for (`api.d.ts`); the compiler holds the
 * calls to them. Prints `[operation, status]`, one a line.
 */
import { setTimeout as wait } from 'node:timers/promises';
import createClient from 'openapi-fetch';

const { SERVICE_URL: baseUrl = '', RECEIVER_URL: url = '', BROKEN_URL = '' } = process.env;
/** @type {import('openapi-fetch').Client<import('./api.js').paths>} */
const client = createClient({ baseUrl });
client.use({
  onResponse: ({ schemaPath, request, response }) =>
    console.log(JSON.stringify([`${request.method} ${schemaPath}`, response.status])),
});

/**
 * The body of an answer that must be a good one.
 *
 * @template T
 * @param {Promise<{ data?: T, error?: unknown }>} pending
 * @returns {Promise<NonNullable<T>>}
 */
async function good(pending) {
  const { data, error } = await pending;
  if (data == null) throw new Error(JSON.stringify(error));
  return data;
}

const { id: webhook_id, retry_config } = await good(
  client.POST('/api/v1/webhooks', {
    body: { name: 'TypeScript', url: BROKEN_URL, events: ['entity.*'], retry_config: { max_retries: 0 } },
  }),
);
/** @type {number} All four are always answered. */
const seconds = retry_config.initial_delay + retry_config.max_delay;
if (!(seconds > 0)) throw new Error('no retry configuration');
const one = { params: { path: { webhook_id } } };
const project = { params: { path: { project_id: 'typescript' } } };

const { event_id, delivery_ids } = await good(
  client.POST('/api/v1/events', { body: { event: 'entity.created', data: { entity_id: 'e-1' } } }),
);
await good(client.POST('/api/v1/events/batch', { body: { events: [{ event: 'report.generated' }] } }));
const delivery = { params: { path: { delivery_id: delivery_ids[0] ?? '' } } };
for (;;) {
  const { status } = await good(client.GET('/api/v1/webhooks/deliveries/{delivery_id}', delivery));
  if (status === 'failed') break;
  await wait(100);
}
await good(client.POST('/api/v1/webhooks/deliveries/{delivery_id}/retry', delivery));
await good(client.GET('/api/v1/webhooks/deliveries/{delivery_id}/attempts', delivery));
await good(client.GET('/api/v1/events/{event_id}', { params: { path: { event_id } } }));
await good(
  client.GET('/api/v1/webhooks/match', { params: { query: { event: 'entity.created', data: '{}' } } }),
);
await good(
  client.POST('/api/v1/webhooks/match', { body: { event: 'entity.created', data: { type: 'person' } } }),
);
await good(client.GET('/api/v1/webhooks/formats'));
await good(client.POST('/api/v1/webhooks/preview', { body: { url, event: { event: 'entity.created' } } }));
await good(client.POST('/api/v1/webhooks/{webhook_id}/preview', { ...one, body: {} }));
await good(
  client.GET('/api/v1/webhooks/deliveries', { params: { query: { event: 'entity.created', limit: 1 } } }),
);
await good(client.GET('/api/v1/webhooks/{webhook_id}/deliveries', one));
await good(
  client.POST('/api/v1/webhooks/{webhook_id}/recover', { ...one, body: { since: '2026-01-01T00:00:00Z' } }),
);
await good(client.POST('/api/v1/webhooks/{webhook_id}/test', one));
await good(client.POST('/api/v1/webhooks/{webhook_id}/secret/rotate', { ...one, body: {} }));
await good(client.PUT('/api/v1/webhooks/{webhook_id}', { ...one, body: { url } }));
await good(client.PATCH('/api/v1/webhooks/{webhook_id}', { ...one, body: { project_id: null } }));
await good(client.GET('/api/v1/webhooks/{webhook_id}', one));
await good(client.GET('/api/v1/webhooks', { params: { query: { active_only: true } } }));
await good(client.GET('/api/v1/webhooks/events'));
await good(client.GET('/api/v1/webhooks/stats'));
await good(client.GET('/api/v1/webhooks/activity', { params: { query: { bucket: 'day' } } }));
await good(client.GET('/api/v1/capture'));
await good(client.POST('/api/v1/capture/scan'));
await good(client.GET('/api/v1/projects/{project_id}/webhooks', project));
const { id } = await good(
  client.POST('/api/v1/projects/{project_id}/webhooks', {
    ...project,
    body: { name: 'p', url, events: ['*'] },
  }),
);
for (const gone of [webhook_id, id])
  await client.DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: gone } } });
const feed = await good(client.GET('/api/v1/feed', { parseAs: 'stream' }));
await feed.cancel();
await good(client.GET('/api/v1/info'));
await good(client.GET('/health/live'));
await good(client.GET('/health/ready'));
await good(client.GET('/metrics', { parseAs: 'text' }));
