import type { Interpretation, OutcomeWord } from '../../formats/format.js';

/** The five states of a delivery, as stored in the graph and seen in the API. */
export const DELIVERY_STATUSES = ['pending', 'sending', 'success', 'failed', 'retrying'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * Why an attempt was no success. The words in detail are for public addresses; of those that only `ALLOWED_NETWORKS`
 * opens, `policy`, `could_not_connect`, `timed_out` and `http` is all that is told.
 */
export const ERROR_CODES = [
  'dns_not_found',
  'refused',
  'reset',
  'tls_expired',
  'tls_untrusted',
  'tls_name',
  'not_http',
  'timed_out_connect',
  'timed_out_answer',
  'policy',
  'http',
  'not_rendered',
  'could_not_connect',
  'timed_out',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** When and how often a failed attempt is repeated. Delays in seconds. */
export interface RetryConfig {
  /** 0..10 */
  readonly maxRetries: number;
  /** 0.1..60 */
  readonly initialDelay: number;
  /** 1..3600 */
  readonly maxDelay: number;
  /** 1..10 */
  readonly backoffMultiplier: number;
}

export const DEFAULT_RETRY_CONFIG: RetryConfig = {
  maxRetries: 3,
  initialDelay: 1,
  maxDelay: 60,
  backoffMultiplier: 2,
};

/** A delivery as the log knows it. Times are RFC 3339 UTC. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly event: string;
  /** Of its event. */
  readonly projectId: string | null;
  /** The exact body that goes over the wire; null = a list without bodies. */
  readonly body: string | null;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastAttemptAt: string | null;
  readonly nextRetryAt: string | null;
  readonly responseCode: number | null;
  readonly responseBody: string | null;
  readonly errorMessage: string | null;
  /** Of the last attempt; null = success, or there was no attempt. */
  readonly errorCode: string | null;
  /** How the last attempt was taken; null = there was none. */
  readonly outcome: OutcomeWord | null;
  /** Of the message about many events that the last attempt was; null = it was about this event alone. */
  readonly digestId: string | null;
  readonly durationMs: number | null;
  readonly createdAt: string;
}

/** One attempt as the log knows it. */
export interface AttemptRecord {
  /** 1 for the first. */
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly responseCode: number | null;
  readonly responseBody: string | null;
  /** null = success. */
  readonly errorMessage: string | null;
  readonly errorCode: string | null;
}

/** What one attempt brought: written to the log as one WebhookAttempt node. */
export interface AttemptResult {
  /** RFC 3339 UTC, when the request started. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** HTTP status; null when there was no answer. */
  readonly responseCode: number | null;
  /** First 1 KiB of the answer as text; null when there was none. */
  readonly responseBody: string | null;
  /** null = success (2xx). */
  readonly errorMessage: string | null;
  /** null = success. */
  readonly errorCode: ErrorCode | null;
  /** Seconds that `Retry-After` asked for on 429 and 503; null when absent. */
  readonly retryAfterSeconds: number | null;
  /** How the webhook's format takes it; absent = by its status alone, as for `basset`, or there was no answer. */
  readonly interpretation?: Interpretation;
}

/** What happens to a delivery. */
export type Transition = 'claim' | 'release' | 'succeed' | 'schedule-retry' | 'give-up' | 'retry-manually';

const LEGAL: Readonly<Record<DeliveryStatus, Readonly<Partial<Record<Transition, DeliveryStatus>>>>> = {
  pending: { claim: 'sending' },
  sending: {
    succeed: 'success',
    'schedule-retry': 'retrying',
    'give-up': 'failed',
    release: 'pending',
  },
  retrying: { claim: 'sending', 'retry-manually': 'pending' },
  failed: { 'retry-manually': 'pending' },
  success: {},
};

/** The one owner of the legal transitions: the state after `transition`, or null when it is not legal. */
export function nextStatus(from: DeliveryStatus, transition: Transition): DeliveryStatus | null {
  return LEGAL[from][transition] ?? null;
}

/** A finished delivery never changes by itself again; only finished deliveries are evicted. */
export function isFinished(status: DeliveryStatus): boolean {
  switch (status) {
    case 'success':
    case 'failed':
      return true;
    case 'pending':
    case 'sending':
    case 'retrying':
      return false;
    default: {
      const unknown: never = status;
      throw new Error(`Unknown delivery status: ${String(unknown)}`);
    }
  }
}
