import { Injectable } from '@nestjs/common';
import { EventCatalog } from '../delivery/events/event-catalog.js';
import { DestinationGuard } from '../delivery/sending/destination-guard.js';
import { checkHeaders } from './webhook-headers.js';
import { parseWebhookUrl } from './webhook-url.js';
import { badField, invalidEventType, nameRequired } from './webhook.errors.js';
import type { WebhookChanges } from './webhook.js';

/** What must hold for a webhook whichever way it comes in: REST or dependency injection. */
@Injectable()
export class WebhookRules {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly guard: DestinationGuard,
  ) {}

  /**
   * Checks what is given and brings it into its stored form: trimmed URL, events without repetition.
   *
   * @throws DomainError
   */
  apply<T extends WebhookChanges>(changes: T): T {
    const { name, url, events, headers, secret, projectId } = changes;
    if (name !== undefined && name.trim() === '') throw nameRequired();
    if (headers) checkHeaders(headers);
    this.checkText('name', name);
    this.checkText('secret', secret);
    this.checkText('project_id', projectId);
    const normal = {
      ...changes,
      ...(url !== undefined && { url: this.checkUrl(url) }),
      ...(events && { events: this.checkEvents(events) }),
      ...(secret === '' && { secret: null }),
      ...(projectId === '' && { projectId: null }),
    };
    return normal;
  }

  private checkUrl(text: string): string {
    const url = parseWebhookUrl(text);
    this.guard.check(url);
    return url;
  }

  private checkEvents(events: readonly string[]): string[] {
    const unknown = events.find((event) => !this.catalog.has(event) && !this.catalog.isPattern(event));
    if (unknown !== undefined) throw invalidEventType(unknown);
    return [...new Set(events)];
  }

  /** Neo4j stores UTF-8: half a surrogate pair would come back as another character. */
  private checkText(field: string, text: string | null | undefined): void {
    if (text != null && !text.isWellFormed()) {
      throw badField(field, 'must not contain half of a surrogate pair', 'string_unicode');
    }
  }
}
