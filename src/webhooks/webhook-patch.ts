import { Injectable } from '@nestjs/common';
import { webhookLocked } from '../delivery/model/delivery.errors.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { mergePatch } from './merge-patch.js';
import { fromDocument, toDocument } from './request.mapper.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { inStoredCase } from './webhook-headers.js';
import { isMap } from '../common/json/is-map.js';
import type { Webhook, WebhookChange, WebhookChanges } from './webhook.js';

/** Options belong to their format: those of another one are not merged with. */
function documentFor(
  webhook: Webhook,
  { format }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const document = toDocument(webhook);
  const stays = format === undefined || (format ?? 'basset') === webhook.format;
  return stays ? document : { ...document, format_options: {} };
}

/** JSON Merge Patch of webhooks: null clears, headers, format_options and retry_config merge. */
@Injectable()
export class WebhookPatch {
  constructor(private readonly bodies: WebhookBodyPipe) {}

  /** @throws DomainError (422) when it is no JSON object */
  changeBy(patch: unknown): WebhookChange {
    this.bodies.assertObject(patch, 'body');
    return (webhook) => this.merged(webhook, patch as Readonly<Record<string, unknown>>);
  }

  /** What is locked cannot be merged with; null clears it. */
  private async merged(webhook: Webhook, patch: Readonly<Record<string, unknown>>): Promise<WebhookChanges> {
    const { headers } = patch;
    if (webhook.locked && headers != null) throw webhookLocked(webhook.id);
    const named = isMap(headers) ? { ...patch, headers: inStoredCase(headers, webhook.headers) } : patch;
    const document = mergePatch(documentFor(webhook, named), named);
    const isNew = (field: string): boolean => Object.hasOwn(patch, field);
    return fromDocument(await this.bodies.read(CreateWebhookDto, document, isNew), patch);
  }
}
