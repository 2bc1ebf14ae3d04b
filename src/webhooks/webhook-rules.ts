import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { EventCatalog } from '../delivery/events/event-catalog.js';
import { DestinationGuard } from '../delivery/sending/destination-guard.js';
import { settingProblems, type GivenSettings } from './webhook-problems.js';
import { isCallable, toWebhookUrl } from './webhook-url.js';
import { invalidEventType, nameRequired } from './webhook.errors.js';
import type { WebhookChanges } from './webhook.js';

function toGiven({ projectId, retry, ...rest }: WebhookChanges): GivenSettings {
  const retryConfig = retry && {
    max_retries: retry.maxRetries,
    initial_delay: retry.initialDelay,
    max_delay: retry.maxDelay,
    backoff_multiplier: retry.backoffMultiplier,
  };
  return { ...rest, project_id: projectId, retry_config: retryConfig };
}

/** What must hold for a webhook whichever way it comes in: REST or dependency injection. */
@Injectable()
export class WebhookRules {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly guard: DestinationGuard,
  ) {}

  /** Every bad field (422); what is 400 is left to `apply`. */
  problems(given: GivenSettings): FieldError[] {
    return [...settingProblems(given), ...this.destinationProblems(given.url)];
  }

  /**
   * Checks what is given and brings it into its stored form: trimmed URL, events without repetition.
   *
   * @throws DomainError naming every bad field; only then the errors that stand alone
   */
  apply<T extends WebhookChanges>(changes: T): T {
    const problems = this.problems(toGiven(changes));
    if (problems.length > 0) throw unprocessable(problems);
    const { name, url, events, secret, projectId } = changes;
    if (name !== undefined && name.trim() === '') throw nameRequired();
    return {
      ...changes,
      ...(url !== undefined && { url: toWebhookUrl(url) }),
      ...(events && { events: this.knownEvents(events) }),
      ...(secret === '' && { secret: null }),
      ...(projectId === '' && { projectId: null }),
    };
  }

  private destinationProblems(url: unknown): readonly FieldError[] {
    if (typeof url !== 'string' || !isCallable(url)) return [];
    try {
      this.guard.check(url.trim());
      return [];
    } catch (error) {
      if (error instanceof DomainError) return error.fields;
      throw error;
    }
  }

  private knownEvents(events: readonly string[]): string[] {
    const unknown = events.findIndex((event) => !this.catalog.has(event) && !this.catalog.isPattern(event));
    if (unknown >= 0) throw invalidEventType(events[unknown] ?? '', ['body', 'events', unknown]);
    return [...new Set(events)];
  }
}
