import { RawJson } from '../common/json/raw-json.js';
import type { Page } from '../common/page.js';
import type { Delivery } from '../delivery/model/delivery.js';
import type { DeliveryPage } from '../history/log/log-query.js';
import { encodeCursor } from './cursor.js';
import type { DeliveryDto, DeliveryListDto, StatsDto, WebhookListDto } from './dto/answers.dto.js';
import type { CreateWebhookDto } from './dto/create-webhook.dto.js';
import type { CreatedWebhookDto, RotatedSecretDto, WebhookDto } from './dto/webhook-answers.dto.js';
import { formatNamed } from '../formats/catalogue.js';
import { maskOptions } from './formats/format-settings.js';
import { storedFields } from './webhook-settings.js';
import { maskHeaders } from './webhook-headers.js';
import type { Statistics } from './statistics.js';
import type { CreatedWebhook, RotatedWebhook, Webhook } from './webhook.js';

/** The settings that are shown as they are kept: only those that are declared so. */
function shownSettings(webhook: Webhook): Pick<WebhookDto, keyof WebhookDto & keyof CreateWebhookDto> {
  return storedFields(webhook) as ReturnType<typeof shownSettings>;
}

/** What the API shows of a webhook: named one by one, so that nothing gets out by being added to the record. */
export function webhookAnswer(webhook: Webhook): WebhookDto {
  const { retry } = webhook;
  return {
    id: webhook.id,
    ...shownSettings(webhook),
    headers: maskHeaders(webhook.headers),
    retry_config: {
      max_retries: retry.maxRetries,
      initial_delay: retry.initialDelay,
      max_delay: retry.maxDelay,
      backoff_multiplier: retry.backoffMultiplier,
    },
    has_secret: webhook.hasSecret,
    locked: webhook.locked,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
    last_triggered_at: webhook.lastTriggeredAt,
    delivery_count: webhook.deliveryCount,
    success_count: webhook.successCount,
    failure_count: webhook.failureCount,
    disabled_reason: webhook.disabledReason,
    disabled_at: webhook.disabledAt,
    failing_since: webhook.failingSince,
    consecutive_failures: webhook.consecutiveFailures,
    circuit: webhook.circuit,
    missed_since: webhook.missedSince,
    format: webhook.format,
    format_options: maskOptions(webhook),
    format_version: formatNamed(webhook.format)?.version ?? 0,
    warnings: webhook.warnings,
  };
}

/** The one answer, besides that to a rotation, that may hold a secret: the one that was just made. */
export function createdAnswer(webhook: CreatedWebhook): CreatedWebhookDto {
  const answer: CreatedWebhookDto = webhookAnswer(webhook);
  if (webhook.secret !== undefined) answer.secret = webhook.secret;
  return answer;
}

export function rotatedAnswer(webhook: RotatedWebhook): RotatedSecretDto {
  const { previousSecretExpiresAt } = webhook;
  return Object.assign(createdAnswer(webhook), { previous_secret_expires_at: previousSecretExpiresAt });
}

/** Larger bodies are only looked at from outside: to parse a page of them would hold up deliveries. */
const MAX_PARSED = 64 * 1024;

function isObject(json: string): boolean {
  if (!json.startsWith('{') || !json.endsWith('}')) return false;
  if (json.length > MAX_PARSED) return true;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

/** What somebody has made of a body in the graph, and is no JSON any more, is a text: it must not spoil the answer around it. */
export function payloadAnswer(body: string): unknown {
  return isObject(body) ? new RawJson(body) : body;
}

export function deliveryAnswer(delivery: Delivery): DeliveryDto {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    event_id: delivery.eventId,
    event: delivery.event,
    project_id: delivery.projectId,
    payload: delivery.body === null ? null : payloadAnswer(delivery.body),
    status: delivery.status,
    attempts: delivery.attempts,
    last_attempt_at: delivery.lastAttemptAt,
    next_retry_at: delivery.nextRetryAt,
    response_code: delivery.responseCode,
    response_body: delivery.responseBody,
    error_message: delivery.errorMessage,
    error_code: delivery.errorCode,
    outcome: delivery.outcome,
    digest_id: delivery.digestId,
    duration_ms: delivery.durationMs,
    created_at: delivery.createdAt,
  };
}

function cursorOf({ nextCursor }: Page<unknown>): string | null {
  return nextCursor === null ? null : encodeCursor(nextCursor);
}

export function webhookListAnswer(page: Page<Webhook>): WebhookListDto {
  return { webhooks: page.items.map(webhookAnswer), total: page.total, next_cursor: cursorOf(page) };
}

export function deliveryListAnswer(page: DeliveryPage): DeliveryListDto {
  const { items, total, totalCapped } = page;
  return {
    deliveries: items.map(deliveryAnswer),
    total,
    total_capped: totalCapped,
    next_cursor: cursorOf(page),
  };
}

export function statsAnswer(statistics: Statistics): StatsDto {
  return {
    total_events: statistics.totalEvents,
    successful_deliveries: statistics.successfulDeliveries,
    failed_deliveries: statistics.failedDeliveries,
    retried_deliveries: statistics.retriedDeliveries,
    active_webhooks: statistics.activeWebhooks,
    total_webhooks: statistics.totalWebhooks,
    pending_deliveries: statistics.pendingDeliveries,
    oldest_due_at: statistics.oldestDueAt,
  };
}
