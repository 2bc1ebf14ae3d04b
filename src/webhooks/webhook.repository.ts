import type { Page, PageRequest } from '../common/page.js';
import type { KeyedCreation } from './creation-key.js';
import type { CreatedWebhook, RotatedWebhook, StoredSettings, Webhook, WebhookSettings } from './webhook.js';

export interface WebhookFilter {
  /** Webhooks of this project (by id or safe name) and global ones; absent = all. */
  readonly projectId?: string;
  readonly activeOnly: boolean;
}

export interface WebhookCounts {
  readonly total: number;
  readonly active: number;
}

/** The webhooks in the graph. Each write also raises the registry's version, by which every instance sees the change. */
export abstract class WebhookRepository {
  /**
   * @param keyed the request, when it may be repeated; the answer then has the secret that the service has made for it
   * @throws DomainError `idempotency_conflict` when the key belongs to another request
   */
  abstract create(settings: WebhookSettings, keyed?: KeyedCreation): Promise<CreatedWebhook>;
  abstract findById(id: string): Promise<Webhook | null>;
  /** In the order of creation. */
  abstract list(filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>>;
  /** @returns null when it is gone, or has another revision by now: then nothing was written */
  abstract update(id: string, changes: Partial<StoredSettings>, revision: string): Promise<Webhook | null>;
  /**
   * Signs with another secret from now on, and for `graceMs` with the former one as well, if there is one. A secret
   * that it has already changes nothing, so that asking again after a lost answer does no harm.
   *
   * @param revisions as with `delete`
   */
  abstract rotateSecret(
    id: string,
    secret: string,
    graceMs: number,
    revisions?: readonly string[],
  ): Promise<RotatedWebhook | null>;
  /**
   * Takes it out of sight at once, with its secrets; its history goes in the background.
   *
   * @param revisions it must have one of these, or nothing is done; undefined = any
   */
  abstract delete(id: string, revisions?: readonly string[]): Promise<boolean>;
  /** The names of these webhooks, by id. */
  abstract names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  abstract counts(): Promise<WebhookCounts>;
}
