import type { WebhooksOptions } from '../../config/service-options.js';
import type { RetryConfig } from './delivery.js';

/** What a webhook that says nothing of retries gets, and what a `retry_config` leaves out. */
export function defaultRetry(options: WebhooksOptions): RetryConfig {
  return {
    maxRetries: options.defaultMaxRetries,
    initialDelay: options.defaultInitialDelay,
    maxDelay: options.defaultMaxDelay,
    backoffMultiplier: options.defaultBackoffMultiplier,
  };
}
