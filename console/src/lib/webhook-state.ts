import type { Limits, Webhook } from '../api/types.js';
import { roughly } from './format-time.js';
import { counted } from './words.js';

export type WebhookCondition = 'active' | 'failing' | 'held' | 'locked' | 'disabled' | 'paused';

/** What comes first is what somebody has to look at first. */
export function conditionOf(webhook: Webhook): WebhookCondition {
  if (!webhook.active) return webhook.disabled_reason === null ? 'paused' : 'disabled';
  if (webhook.locked) return 'locked';
  if (webhook.circuit === 'open') return 'held';
  return webhook.failing_since === null ? 'active' : 'failing';
}

export const CONDITION_WORDS: Readonly<Record<WebhookCondition, string>> = {
  active: 'Active',
  failing: 'Failing',
  held: 'Failing, held back',
  locked: 'Locked',
  disabled: 'Switched off',
  paused: 'Paused',
};

/** Whether somebody should look at it. */
export const needsAttention = (webhook: Webhook): boolean =>
  !['active', 'paused'].includes(conditionOf(webhook)) || webhook.missed_since !== null;

/** The most urgent first. */
const URGENCY = [
  'disabled',
  'locked',
  'held',
  'failing',
  'active',
  'paused',
] as const satisfies readonly WebhookCondition[];

/** Those that need somebody come first, what is worst before the rest, then by name. */
export const byUrgency = (a: Webhook, b: Webhook): number =>
  Number(needsAttention(b)) - Number(needsAttention(a)) ||
  (needsAttention(a) ? URGENCY.indexOf(conditionOf(a)) - URGENCY.indexOf(conditionOf(b)) : 0) ||
  a.name.localeCompare(b.name, undefined, { numeric: true });

const DAY_MS = 86_400_000;

function switchedOff(webhook: Webhook, limits: Limits | undefined, time: (at: string) => string): string {
  if (!limits || limits.disable_after_days <= 0 || webhook.failing_since === null) return '';
  const at = new Date(Date.parse(webhook.failing_since) + limits.disable_after_days * DAY_MS);
  return ` It is switched off at ${time(at.toISOString())} at the earliest, if nothing succeeds until then.`;
}

const pauses = (limits: Limits | undefined): string =>
  limits ? `with pauses of up to ${roughly(limits.breaker_max_pause_seconds * 1000)}` : 'with growing pauses';

/** The state of a webhook in sentences. @param time writes an RFC 3339 time out, with its zone */
export function describeState(
  webhook: Webhook,
  limits: Limits | undefined,
  time: (at: string) => string,
): string {
  const row = counted(webhook.consecutive_failures, 'failed attempt');
  const since = webhook.failing_since === null ? '' : ` since ${time(webhook.failing_since)}`;
  switch (conditionOf(webhook)) {
    case 'active':
      return webhook.last_triggered_at === null
        ? 'Active. Nothing was sent to it yet.'
        : `Active. It was last called at ${time(webhook.last_triggered_at)}.`;
    case 'failing':
      return `Failing${since}, ${row} in a row.${switchedOff(webhook, limits, time)}`;
    case 'held':
      return `Failing${since}, ${row} in a row. Only single probes go out, ${pauses(limits)}; the rest is held back and loses no attempt.${switchedOff(webhook, limits, time)}`;
    case 'locked':
      return 'Locked: no key of the operator (SECRETS_KEY) opens its secret or headers. Its events are kept until the key is back.';
    case 'disabled':
      return `Switched off by the service${webhook.disabled_at === null ? '' : ` at ${time(webhook.disabled_at)}`}: ${webhook.disabled_reason ?? ''}. Nothing is sent to it until somebody activates it.`;
    case 'paused':
      return 'Paused: somebody switched it off. It gets no events until it is activated.';
  }
}
