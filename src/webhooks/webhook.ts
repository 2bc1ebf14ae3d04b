import type { RetryConfig } from '../delivery/model/delivery.js';
import type { FormatOptions } from '../formats/format.js';

export const CIRCUITS = ['closed', 'open'] as const;
export type Circuit = (typeof CIRCUITS)[number];

/** A webhook as the use cases know it. The secret stays in the graph. Times are RFC 3339 UTC. */
export interface Webhook {
  readonly id: string;
  /** Another one after each change of its settings; counts do not matter. */
  readonly revision: string;
  readonly name: string;
  /** What it is for, in the words of whoever made it; null = nothing was said. */
  readonly description: string | null;
  /** As it is shown: where whoever knows it can send, its path and query are `***`. */
  readonly url: string;
  /** As it is called; null = it is a secret that no listed key opens. Never answered. */
  readonly trueUrl: string | null;
  /** What its events are rendered by, such as `slack`. */
  readonly format: string;
  /** With the values of the secret ones, if a listed key opens them: never answered as they are. */
  readonly formatOptions: FormatOptions;
  /** Requests a second at most; null = as the format, else the service, has it. */
  readonly maxRequestsPerSecond: number | null;
  /** A JSON-e expression that says which of the matching events it gets; null = all. */
  readonly filter: string | null;
  /** What is probably not as it was meant, in sentences for people. */
  readonly warnings: readonly string[];
  readonly hasSecret: boolean;
  /**
   * No listed key opens its secret or headers, which are then shown as none: nothing is sent until the operator lists
   * the key again, or the secret and the headers are set anew.
   */
  readonly locked: boolean;
  /** Event types and patterns, without repetition. */
  readonly events: readonly string[];
  readonly active: boolean;
  /** With their values: never answered as they are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly projectId: string | null;
  readonly retry: RetryConfig;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastTriggeredAt: string | null;
  readonly deliveryCount: number;
  readonly successCount: number;
  readonly failureCount: number;
  /** Why the service switched it off; null = it did not. */
  readonly disabledReason: string | null;
  readonly disabledAt: string | null;
  /** Start of the first failed attempt since the last success; null = it does not fail. */
  readonly failingSince: string | null;
  /** Failed attempts since the last success. */
  readonly consecutiveFailures: number;
  /** `open`: so many attempts in a row failed that only probes go out. */
  readonly circuit: Circuit;
  /** From when deliveries ended as failed in its last outage: what `recoverWebhook` begins with; null = none did. */
  readonly missedSince: string | null;
}

/** A webhook whose new secret can be read this once. */
export interface CreatedWebhook extends Webhook {
  /** The secret that the service has made; absent when it made none. */
  readonly secret?: string;
}

/** A webhook that signs with another secret from now on. */
export interface RotatedWebhook extends CreatedWebhook {
  /** Until then the former secret signs along, RFC 3339 UTC; null = there is none that does. */
  readonly previousSecretExpiresAt: string | null;
}

/** How a secret is replaced. */
export interface SecretRotation {
  /** The new secret. @default a generated one, which the answer tells */
  readonly secret?: string | null;
  /** How long the former secret signs along, 0 to 604800. @default 86400 */
  readonly gracePeriodSeconds?: number | null;
}

/** What is said of a webhook when it is created. */
export interface WebhookSettings {
  readonly name: string;
  /** What it is for, at most 500 characters; null = nothing is said. */
  readonly description: string | null;
  readonly url: string;
  /** null = unsigned. */
  readonly secret: string | null;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** null = global. */
  readonly projectId: string | null;
  readonly retry: RetryConfig;
  /** What its events are rendered by: `listFormats` has them. */
  readonly format: string;
  readonly formatOptions: FormatOptions;
  /** Requests a second at most, 0.001 to 10,000; null = as the format, else the service, has it. */
  readonly maxRequestsPerSecond: number | null;
  /** A JSON-e expression over `event`, `project_id`, `data` and `severity`; null = it gets every event that matches. */
  readonly filter: string | null;
}

/** Settings as they are written: another `endpoint` says that what was known of the former one is over. */
export type StoredSettings = WebhookSettings & { readonly endpoint?: string };

/** What is to change; absent = stays as it is. */
export type WebhookChanges = Partial<Omit<WebhookSettings, 'retry'>> & {
  /** As a whole: what is left out has the default of the service. */
  readonly retry?: Partial<RetryConfig>;
};

/** What is to change, or how that follows from what the webhook is; asked again when it was changed in between. */
export type WebhookChange = WebhookChanges | ((webhook: Webhook) => WebhookChanges | Promise<WebhookChanges>);

/** What must be said to create a webhook; the rest has defaults. */
export interface CreateWebhook extends Partial<Omit<WebhookSettings, 'retry'>> {
  readonly name: string;
  readonly url: string;
  /** Make a secret; the answer tells it, this once. Not together with one of your own. @default false */
  readonly generateSecret?: boolean;
  /** At least one event type or pattern (`*`, `entity.*`). */
  readonly events: readonly string[];
  /** ≤ 128 visible ASCII characters; for a day the same request under it answers the first webhook. */
  readonly idempotencyKey?: string | null;
  /** @default those of the options: 3 retries after 1, 2 and 4 s */
  readonly retry?: Partial<RetryConfig>;
}
