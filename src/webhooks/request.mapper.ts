import type { RetryConfig } from '../delivery/model/delivery.js';
import type { LostRange } from '../history/failing/recovery.neo4j.repository.js';
import type { CreateWebhookDto } from './dto/create-webhook.dto.js';
import type { RecoverWebhookDto } from './dto/recover-webhook.dto.js';
import type { RetryConfigDto } from './dto/retry-config.dto.js';
import type { RotateSecretDto } from './dto/rotate-secret.dto.js';
import type { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { toTimeRange } from './time-range.js';
import { maskOptions } from './formats/format-settings.js';
import { maskHeaders } from './webhook-headers.js';
import type { CreateWebhook, SecretRotation, Webhook, WebhookChanges } from './webhook.js';

/** What is left out has the default of the service. */
function toRetry(dto: RetryConfigDto): Partial<RetryConfig> {
  const { max_retries, initial_delay, max_delay, backoff_multiplier } = dto;
  return {
    ...(max_retries !== undefined && { maxRetries: max_retries }),
    ...(initial_delay !== undefined && { initialDelay: initial_delay }),
    ...(max_delay !== undefined && { maxDelay: max_delay }),
    ...(backoff_multiplier !== undefined && { backoffMultiplier: backoff_multiplier }),
  };
}

export function toCreateWebhook(dto: CreateWebhookDto): CreateWebhook {
  return {
    name: dto.name,
    url: dto.url,
    events: dto.events,
    secret: dto.secret ?? null,
    generateSecret: dto.generate_secret ?? false,
    active: dto.active ?? true,
    headers: dto.headers ?? {},
    projectId: dto.project_id ?? null,
    ...(dto.retry_config && { retry: toRetry(dto.retry_config) }),
    format: dto.format ?? 'basset',
    formatOptions: dto.format_options ?? {},
    maxRequestsPerSecond: dto.max_requests_per_second ?? null,
    filter: dto.filter ?? null,
  };
}

export function toRotation(dto: RotateSecretDto): SecretRotation {
  return { secret: dto.secret ?? null, gracePeriodSeconds: dto.grace_period_seconds ?? null };
}

/** PUT: null or absent = unchanged. */
export function toChanges(dto: UpdateWebhookDto): WebhookChanges {
  return {
    ...(dto.name != null && { name: dto.name }),
    ...(dto.url != null && { url: dto.url }),
    ...(dto.secret != null && { secret: dto.secret }),
    ...(dto.events && { events: dto.events }),
    ...(dto.active != null && { active: dto.active }),
    ...(dto.headers && { headers: dto.headers }),
    ...(dto.project_id != null && { projectId: dto.project_id }),
    ...(dto.retry_config && { retry: toRetry(dto.retry_config) }),
    ...(dto.format != null && { format: dto.format }),
    ...(dto.format_options && { formatOptions: dto.format_options }),
    ...(dto.filter != null && { filter: dto.filter }),
    ...(dto.max_requests_per_second != null && { maxRequestsPerSecond: dto.max_requests_per_second }),
  };
}

export function toLostRange({ since, until }: RecoverWebhookDto): LostRange {
  return toTimeRange({ since, until }, 'body');
}

/** The document that a merge patch is applied to: the webhook as it is shown, without its secret. */
export function toDocument(webhook: Webhook): Record<string, unknown> {
  const { name, url, events, active, headers, projectId, retry } = webhook;
  return {
    name,
    url,
    events,
    active,
    headers: maskHeaders(headers),
    project_id: projectId,
    retry_config: {
      max_retries: retry.maxRetries,
      initial_delay: retry.initialDelay,
      max_delay: retry.maxDelay,
      backoff_multiplier: retry.backoffMultiplier,
    },
    format: webhook.format,
    format_options: maskOptions(webhook),
    max_requests_per_second: webhook.maxRequestsPerSecond,
    filter: webhook.filter,
  };
}

const NAMES: Readonly<Record<string, string>> = {
  name: 'name',
  url: 'url',
  secret: 'secret',
  events: 'events',
  active: 'active',
  headers: 'headers',
  project_id: 'projectId',
  retry_config: 'retry',
  format: 'format',
  format_options: 'formatOptions',
  max_requests_per_second: 'maxRequestsPerSecond',
  filter: 'filter',
};

/** Of a patched document what the patch speaks of, as changes. */
export function fromDocument(dto: CreateWebhookDto, patch: object): WebhookChanges {
  const { retry: _, ...settings } = toCreateWebhook(dto);
  const all = { ...settings, retry: dto.retry_config ? toRetry(dto.retry_config) : {} };
  const spoken = new Set(
    Object.keys(patch).flatMap((field) => (Object.hasOwn(NAMES, field) ? (NAMES[field] ?? []) : [])),
  );
  return Object.fromEntries(Object.entries(all).filter(([name]) => spoken.has(name)));
}
