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
import { saidIn, SETTINGS, storedFields, UNSAID } from './webhook-settings.js';
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

/** By the names of the domain. What is null or absent is not said. */
function settingsIn(body: CreateWebhookDto | UpdateWebhookDto): Readonly<Record<string, unknown>> {
  const { retry_config: retry } = body;
  return { ...saidIn(body), ...(retry && { retry: toRetry(retry) }) };
}

export function toCreateWebhook(dto: CreateWebhookDto): CreateWebhook {
  const { retry: _, ...unsaid } = UNSAID as Readonly<Record<string, unknown>>;
  return { ...unsaid, ...settingsIn(dto), name: dto.name, url: dto.url, events: dto.events };
}

export function toRotation(dto: RotateSecretDto): SecretRotation {
  return { secret: dto.secret ?? null, gracePeriodSeconds: dto.grace_period_seconds ?? null };
}

/** PUT: null or absent = unchanged. */
export function toChanges(dto: UpdateWebhookDto): WebhookChanges {
  const { generateSecret: _, ...changes } = settingsIn(dto);
  return changes;
}

export function toLostRange({ since, until }: RecoverWebhookDto): LostRange {
  return toTimeRange({ since, until }, 'body');
}

/** The document that a merge patch is applied to: the webhook as it is shown, without its secret. */
export function toDocument(webhook: Webhook): Record<string, unknown> {
  const { headers, retry, format } = webhook;
  return {
    ...storedFields(webhook),
    headers: maskHeaders(headers),
    retry_config: {
      max_retries: retry.maxRetries,
      initial_delay: retry.initialDelay,
      max_delay: retry.maxDelay,
      backoff_multiplier: retry.backoffMultiplier,
    },
    format,
    format_options: maskOptions(webhook),
  };
}

/** Of a patched document what the patch speaks of, as changes. */
export function fromDocument(dto: CreateWebhookDto, patch: object): WebhookChanges {
  const { generateSecret: _, ...settings } = toCreateWebhook(dto);
  const all = { retry: {}, ...settings };
  const spoken = SETTINGS.filter(({ field }) => Object.hasOwn(patch, field)).map(({ property }) => property);
  return Object.fromEntries(Object.entries(all).filter(([name]) => spoken.some((each) => each === name)));
}
