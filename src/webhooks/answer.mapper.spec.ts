import { describe, expect, it } from '@jest/globals';
import { RawJson } from '../common/json/raw-json.js';
import { DEFAULT_RETRY_CONFIG, type Delivery } from '../delivery/model/delivery.js';
import {
  deliveryAnswer,
  deliveryListAnswer,
  payloadAnswer,
  webhookAnswer,
  webhookListAnswer,
} from './answer.mapper.js';
import { decodeCursor } from './cursor.js';
import type { Webhook } from './webhook.js';

const webhook: Webhook = {
  id: 'w1',
  name: 'n',
  url: 'https://example.com/',
  hasSecret: true,
  locked: false,
  events: ['*'],
  active: true,
  revision: 'r-1',
  headers: { Authorization: 'planted', COOKIE: 'planted', 'X-Api-Key': 'planted', 'X-Team': 'osint' },
  projectId: null,
  retry: DEFAULT_RETRY_CONFIG,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  lastTriggeredAt: null,
  deliveryCount: 3,
  successCount: 2,
  failureCount: 1,
  disabledReason: null,
  disabledAt: null,
  failingSince: null,
  consecutiveFailures: 0,
  circuit: 'closed',
  missedSince: null,
  trueUrl: 'https://example.com/',
  format: 'basset',
  formatOptions: {},
  maxRequestsPerSecond: null,
  filter: null,
  description: null,
  warnings: [],
};

const delivery: Delivery = {
  id: 'd1',
  webhookId: 'w1',
  eventId: 'e1',
  projectId: 'p',
  event: 'entity.created',
  body: '{"n":12345678901234567890}',
  status: 'retrying',
  attempts: 1,
  lastAttemptAt: '2026-01-01T00:00:00.000Z',
  nextRetryAt: '2026-01-01T00:00:01.000Z',
  responseCode: 500,
  responseBody: '',
  errorMessage: 'HTTP 500',
  errorCode: 'http',
  outcome: 'retry',
  digestId: null,
  durationMs: 4,
  createdAt: '2026-01-01T00:00:00.000Z',
};

describe('webhookAnswer', () => {
  it('has the keys of the contract, whatever else the webhook holds', () => {
    const answer = webhookAnswer({ ...webhook, secret: 'planted' } as Webhook);
    expect(Object.keys(answer).sort()).toEqual([
      ...[
        'active',
        'circuit',
        'consecutive_failures',
        'created_at',
        'delivery_count',
        'description',
        'disabled_at',
        'disabled_reason',
        'events',
        'failing_since',
        'failure_count',
        'filter',
        'format',
        'format_options',
        'format_version',
      ],
      ...[
        'has_secret',
        'headers',
        'id',
        'last_triggered_at',
        'locked',
        'max_requests_per_second',
        'missed_since',
        'name',
        'project_id',
        'retry_config',
        'success_count',
      ],
      ...['updated_at', 'url', 'warnings'],
    ]);
    expect(JSON.stringify(answer)).not.toContain('planted');
    expect(answer.headers).toEqual({
      Authorization: '***',
      COOKIE: '***',
      'X-Api-Key': '***',
      'X-Team': 'osint',
    });
  });
});

describe('deliveryAnswer', () => {
  it('has the keys of the contract and the body as it was sent', () => {
    const answer = deliveryAnswer(delivery);
    expect(Object.keys(answer).sort()).toEqual([
      ...[
        'attempts',
        'created_at',
        'digest_id',
        'duration_ms',
        'error_code',
        'error_message',
        'event',
        'event_id',
        'id',
        'last_attempt_at',
      ],
      ...['next_retry_at', 'outcome', 'payload', 'project_id', 'response_body', 'response_code', 'status'],
      'webhook_id',
    ]);
    expect(answer.payload).toEqual(new RawJson(delivery.body ?? ''));
  });
});

describe('lists', () => {
  it('carry the real total and an opaque cursor', () => {
    const list = webhookListAnswer({ items: [webhook], total: 7, nextCursor: 'w1' });
    expect(list).toMatchObject({ total: 7, webhooks: [{ id: 'w1' }] });
    expect(decodeCursor(list.next_cursor ?? '')).toBe('w1');
    const last = { deliveries: [], total: 0, next_cursor: null };
    expect(deliveryListAnswer({ items: [], total: 0, totalCapped: false, nextCursor: null })).toEqual({
      ...last,
      total_capped: false,
    });
  });
});

describe('a payload', () => {
  it.each(['abc', '{"a":', '[1]', '', '{"a":1} {}'])(
    'that somebody has made something else of in the graph is a text: %j',
    (body) => {
      expect(payloadAnswer(body)).toBe(body);
      expect(deliveryAnswer({ ...delivery, body }).payload).toBe(body);
    },
  );

  it('goes out as it is stored, however large', () => {
    const large = `{"a":"${'x'.repeat(100_000)}"}`;
    for (const body of ['{}', large]) expect(payloadAnswer(body)).toEqual(new RawJson(body));
  });
});
