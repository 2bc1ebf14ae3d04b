import { isFailing } from '../history/failing/failing.js';
import type { SecretCipher } from '../delivery/sending/secret-cipher.js';
import { integer, real, text, textOrNull, type Row } from '../neo4j/row.js';
import { formatProperties, readFormat, type StoredFormat } from './formats/format-record.mapper.js';
import type { StoredSettings, Webhook } from './webhook.js';
import { readStored, storedFields } from './webhook-settings.js';
import { warningsOf } from './webhook-warnings.js';

/** A stored text in the clear; undefined when no listed key opens it. */
export function opened(stored: string, cipher: SecretCipher): string | undefined {
  try {
    return cipher.decrypt(stored);
  } catch {
    return undefined;
  }
}

/** The headers, and what its format needs, in the clear. One webhook that cannot be opened must not take the whole list with it. */
function unlock(
  record: Row,
  cipher: SecretCipher,
): Pick<Webhook, 'hasSecret' | 'locked' | 'headers'> & StoredFormat {
  const secret = textOrNull(record, 'secret');
  const sealed = textOrNull(record, 'headers');
  const headers = sealed === null ? '{}' : opened(sealed, cipher);
  const format = readFormat(record, (text) => opened(text, cipher));
  const isOpen = headers !== undefined && (secret === null || opened(secret, cipher) !== undefined);
  return {
    ...format,
    hasSecret: secret !== null,
    locked: !isOpen || format.trueUrl === null,
    headers: JSON.parse(headers ?? '{}') as Record<string, string>,
  };
}

/** A node's properties as a webhook. @param breakerThreshold of the options */
export function toWebhook(record: Row, cipher: SecretCipher, breakerThreshold: number): Webhook {
  const failedAttempts = integer(record, 'consecutive_failures');
  const isOpen = isFailing({ failedAttempts, blocked: record['blocked'] === true }, breakerThreshold);
  const unlocked = unlock(record, cipher);
  const settings = { ...readStored(record), ...unlocked };
  return {
    ...settings,
    id: text(record, 'id'),
    revision: text(record, 'revision'),
    warnings: warningsOf(settings),
    retry: {
      maxRetries: integer(record, 'max_retries'),
      initialDelay: real(record, 'initial_delay'),
      maxDelay: real(record, 'max_delay'),
      backoffMultiplier: real(record, 'backoff_multiplier'),
    },
    createdAt: text(record, 'created_at'),
    updatedAt: text(record, 'updated_at'),
    lastTriggeredAt: textOrNull(record, 'last_triggered_at'),
    deliveryCount: integer(record, 'delivery_count'),
    successCount: integer(record, 'success_count'),
    failureCount: integer(record, 'failure_count'),
    disabledReason: textOrNull(record, 'disabled_reason'),
    disabledAt: textOrNull(record, 'disabled_at'),
    failingSince: textOrNull(record, 'failing_since'),
    consecutiveFailures: failedAttempts,
    circuit: isOpen ? 'open' : 'closed',
    missedSince: textOrNull(record, 'missed_since'),
  };
}

/** A secret that is set, and not rotated, is the only one from then on. */
function secretProperties(secret: string | null, cipher: SecretCipher): Record<string, unknown> {
  const sealed = secret === null ? null : cipher.encrypt(secret);
  return { secret: sealed, previous_secret: null, previous_secret_until: null };
}

/** What changes, as node properties: secret and header values encrypted; absent = stays as it is. */
export function toProperties(
  settings: Partial<StoredSettings>,
  cipher: SecretCipher,
  now: string,
): Record<string, unknown> {
  const { secret, active, headers, retry, endpoint } = settings;
  const hasHeaders = headers && Object.keys(headers).length > 0;
  return {
    updated_at: now,
    ...storedFields(settings),
    ...formatProperties(settings, cipher),
    ...(endpoint !== undefined && { endpoint }),
    ...(active === true && { disabled_reason: null, disabled_at: null, disabled_told: null }),
    ...(secret !== undefined && secretProperties(secret, cipher)),
    ...(headers && { headers: hasHeaders ? cipher.encrypt(JSON.stringify(headers)) : null }),
    ...(retry && {
      max_retries: retry.maxRetries,
      initial_delay: retry.initialDelay,
      max_delay: retry.maxDelay,
      backoff_multiplier: retry.backoffMultiplier,
    }),
  };
}
