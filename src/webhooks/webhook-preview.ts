import { Inject, Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../common/clock.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { newId } from '../common/new-id.js';
import { originOf } from '../config/public-origin.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { webhookLocked } from '../delivery/model/delivery.errors.js';
import { wireBody } from '../events/new-event.js';
import { shownReason } from '../delivery/sending/answer-record.js';
import type { Credentials } from '../delivery/sending/credentials.js';
import { previewRequest, type PreviewedRequest, RenderError } from '../delivery/sending/outbound-request.js';
import type { OutboundAttempt, Endpoint } from '../delivery/model/endpoint.js';
import { formatNamed, hasSecretUrl } from '../formats/catalogue.js';
import type { Format } from '../formats/format.js';
import { secretOptions } from '../formats/options.js';
import { shownUrl } from '../formats/secret-url.js';
import { badField } from './webhook.errors.js';
import { maskHeaders } from './webhook-headers.js';
import type { Webhook, WebhookSettings } from './webhook.js';
import { warningsOf } from './webhook-warnings.js';

/** The event that is looked at; what is left out is made up. */
export interface PreviewEvent {
  /** @default 'entity.created' */
  readonly event?: string;
  readonly projectId?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
  /** The same as JSON, as it was written: large integers and 1.0 stay. @default that of `data` */
  readonly dataJson?: string;
  /** RFC 3339. @default now */
  readonly timestamp?: string | null;
  readonly id?: string | null;
}

/** What would be sent, and what is probably not as it was meant. */
export interface Preview extends PreviewedRequest {
  /** As it may be shown. */
  readonly url: string;
  readonly contentType: string;
  readonly warnings: readonly string[];
}

type Previewed = Pick<WebhookSettings, 'name' | 'url' | 'format' | 'formatOptions' | 'headers' | 'events'> & {
  readonly id?: string;
  readonly hasSecret: boolean;
};

/** Signatures are shown as `***`: any secret makes ones that stand where the true ones would. */
const SOME_SECRET = 'preview';

const NOTHING_SECRET: Credentials = { secrets: [], headers: {} };

const SAMPLE = { entity_id: 'sample-entity', type: 'person', name: 'Jane Roe' };

/** Not refused, and perhaps never seen by who is to have it. */
function sizeWarnings(format: Format | undefined, bytes: number): string[] {
  const most = format?.limits['event_bytes_that_every_intermediary_passes_on'];
  if (most === undefined || bytes <= most) return [];
  return [`This is ${bytes} bytes: what stands between may drop events of more than ${most}`];
}

function credentialsOf({ format: name, formatOptions, url, headers, hasSecret }: Previewed): Credentials {
  const format = formatNamed(name);
  const secret = new Set(format ? secretOptions(format) : []);
  const options = Object.fromEntries(Object.entries(formatOptions).filter(([option]) => secret.has(option)));
  return { secrets: hasSecret ? [SOME_SECRET] : [], headers, url, options };
}

/** Shows what would be sent of an event to a webhook. Sends nothing and stores nothing. */
@Injectable()
export class WebhookPreview {
  constructor(
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws DomainError `webhook_locked`, or 422 when the format can make nothing of the event */
  async ofStored(webhook: Webhook, event: PreviewEvent): Promise<Preview> {
    if (webhook.trueUrl === null) throw webhookLocked(webhook.id);
    return this.of({ ...webhook, url: webhook.trueUrl }, event);
  }

  /** @throws DomainError 422 when the format can make nothing of the event */
  async of(webhook: Previewed, event: PreviewEvent): Promise<Preview> {
    const credentials = credentialsOf(webhook);
    const attempt = this.attempt(webhook, event);
    const { headers, ...request } = await this.request(attempt, credentials);
    const format = formatNamed(webhook.format);
    const isSecret = format !== undefined && hasSecretUrl(format, webhook.formatOptions);
    const own = maskHeaders(webhook.headers);
    return {
      ...request,
      url: isSecret ? shownUrl(webhook.url) : webhook.url,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          value === webhook.headers[name] ? (own[name] ?? value) : value,
        ]),
      ),
      contentType: headers['Content-Type'] ?? '',
      warnings: [...warningsOf({ ...webhook, trueUrl: webhook.url }), ...sizeWarnings(format, request.bytes)],
    };
  }

  private async request(attempt: OutboundAttempt, credentials: Credentials): Promise<PreviewedRequest> {
    try {
      return await previewRequest(
        attempt,
        credentials,
        Math.floor(this.clock.now() / 1000),
        originOf(this.options),
      );
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      // Made with the masked options: it quotes the event at most.
      const reason = shownReason(error.message, NOTHING_SECRET);
      throw unprocessable([badField(['format_options'], reason, 'not_rendered')]);
    }
  }

  private attempt(webhook: Previewed, given: PreviewEvent): OutboundAttempt {
    const now = toTimestamp(this.clock.now());
    const { event = 'entity.created', projectId = null, data = SAMPLE, timestamp, id } = given;
    const dataJson = given.dataJson ?? JSON.stringify(data);
    const body = Buffer.from(wireBody({ event, timestamp: timestamp ?? now, projectId, dataJson }));
    const format = webhook.format === 'basset' ? undefined : formatNamed(webhook.format);
    const endpoint = {
      webhookId: webhook.id ?? 'preview',
      name: webhook.name,
      url: webhook.url,
      rendering: format ? { format, options: webhook.formatOptions, grouping: null } : null,
    } as Endpoint;
    const ids = { deliveryId: newId(), eventId: id ?? newId(), traceparent: null };
    return { ...ids, event, body, attempt: 1, endpoint };
  }
}
