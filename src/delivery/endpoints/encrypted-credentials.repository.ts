/** What a webhook has encrypted; null = it has none of it. */
export interface SealedValues {
  readonly secret: string | null;
  readonly previousSecret: string | null;
  readonly headers: string | null;
  /** The true URL and the secret options of its format. */
  readonly formatSecrets: string | null;
}

/** The encrypted values of one webhook, as they were read. */
export interface SealedWebhook {
  readonly id: string;
  readonly values: SealedValues;
}

/** The same, and what is to take their place. */
export interface ResealedWebhook extends SealedWebhook {
  readonly replacements: SealedValues;
}

/** The encrypted values in the graph, as they lie there. */
export abstract class EncryptedCredentialsRepository {
  /** Webhooks after `after`, by id, with a value that does not begin with `prefix`; null is no value. */
  abstract findOutdated(prefix: string, after: string, limit: number): Promise<SealedWebhook[]>;
  /** Replaces the values that are still the ones that were read. */
  abstract replace(webhooks: readonly ResealedWebhook[]): Promise<void>;
  /** Removes former secrets whose time is over, and keys under which webhooks were created longer than a day ago. */
  abstract forgetExpired(now: string, aDayAgo: string): Promise<void>;
}
