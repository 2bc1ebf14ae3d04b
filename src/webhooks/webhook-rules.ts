import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { isMap } from '../common/json/is-map.js';
import { EventCatalog } from '../events/event-catalog.js';
import { DestinationGuard } from '../delivery/sending/destination-guard.js';
import { formatNamed } from '../formats/catalogue.js';
import { formatProblems, hiddenOptionProblems } from './formats/format-problems.js';
import { hiddenProblems } from './webhook-headers.js';
import { GRACE_PERIOD, LIMITS } from './webhook-limits.js';
import { secretProblems, settingProblems, textProblems, type GivenSettings } from './webhook-problems.js';
import { restFields, SETTINGS } from './webhook-settings.js';
import { isCallable, toWebhookUrl } from './webhook-url.js';
import { invalidEventType } from '../events/event-types.js';
import { badField, nameRequired } from './webhook.errors.js';
import type { SecretRotation, WebhookChanges } from './webhook.js';

/** Changes, or the settings of a webhook whose secret may be made by the service. */
type Given = WebhookChanges & { readonly generateSecret?: boolean };

function toGiven(given: Given): GivenSettings {
  const { retry } = given;
  const retryConfig = retry && {
    max_retries: retry.maxRetries,
    initial_delay: retry.initialDelay,
    max_delay: retry.maxDelay,
    backoff_multiplier: retry.backoffMultiplier,
  };
  return { ...restFields(given), ...(retryConfig && { retry_config: retryConfig }) };
}

/** What is wrong with the format of a new webhook: all of it is said, so it can be judged as a whole. */
function newFormatProblems({ format, format_options: options, url, headers }: GivenSettings): FieldError[] {
  const name = format ?? 'basset';
  if (typeof name !== 'string' || !formatNamed(name) || typeof url !== 'string') return [];
  const given = { format: name, options: isMap(options) ? options : {}, url };
  const headerNames = isMap(headers) ? Object.keys(headers) : [];
  const hidden = hiddenOptionProblems({ ...given, headerNames });
  return hidden.length > 0 ? hidden : formatProblems({ ...given, headerNames });
}

/** Texts that are empty are none, where there may be none. */
function cleared(changes: object): Readonly<Record<string, null>> {
  const said = new Map<string, unknown>(Object.entries(changes));
  const empty = SETTINGS.filter(({ property, api }) => api.nullable === true && said.get(property) === '');
  return Object.fromEntries(empty.map(({ property }) => [property, null]));
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

  /** … of a webhook that is new: it has no values that could be kept. */
  problemsOfNew(given: GivenSettings): FieldError[] {
    return [
      ...this.problems(given),
      ...(isMap(given.headers) ? hiddenProblems(given.headers) : []),
      ...newFormatProblems(given),
    ];
  }

  /** Checks the settings of a new webhook, and brings them into their stored form. @throws DomainError as `apply` */
  applyNew<T extends Given>(settings: T): T {
    const problems = this.problemsOfNew(toGiven(settings));
    if (problems.length > 0) throw unprocessable(problems);
    return this.apply(settings);
  }

  /**
   * Checks what is given and brings it into its stored form: trimmed URL, events without repetition.
   *
   * @throws DomainError naming every bad field; only then the errors that stand alone
   */
  apply<T extends Given>(changes: T): T {
    const problems = this.problems(toGiven(changes));
    if (problems.length > 0) throw unprocessable(problems);
    const { name, url, events } = changes;
    if (name !== undefined && name.trim() === '') throw nameRequired();
    return {
      ...changes,
      ...(url !== undefined && { url: toWebhookUrl(url) }),
      ...(events && { events: this.knownEvents(events) }),
      ...cleared(changes),
    };
  }

  /** @throws DomainError naming every bad field */
  applyRotation({ secret, gracePeriodSeconds }: SecretRotation): { secret: string | null; graceMs: number } {
    const seconds = gracePeriodSeconds ?? GRACE_PERIOD.default;
    const problems = [...textProblems('secret', secret, 1, LIMITS.secret), ...secretProblems(secret)];
    if (!Number.isInteger(seconds) || seconds < GRACE_PERIOD.min || seconds > GRACE_PERIOD.max) {
      const msg = `must be a whole number from ${GRACE_PERIOD.min} to ${GRACE_PERIOD.max}`;
      problems.push(badField(['grace_period_seconds'], msg, 'number_range'));
    }
    if (problems.length > 0) throw unprocessable(problems);
    return { secret: secret ?? null, graceMs: seconds * 1000 };
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
    if (unknown >= 0) {
      const event = events[unknown] ?? '';
      throw invalidEventType(event, ['body', 'events', unknown], this.catalog.nearest(event));
    }
    return [...new Set(events)];
  }
}
