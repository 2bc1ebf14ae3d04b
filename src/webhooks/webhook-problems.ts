import type { FieldError } from '../common/domain-error.js';
import { isMap } from '../common/json/is-map.js';
import { HIDDEN } from '../delivery/sending/credentials.js';
import { EventFilter, FilterSyntaxError } from '../formats/filter/filter.js';
import { formatNameProblems } from './formats/format-problems.js';
import { headerProblems } from './webhook-headers.js';
import { isAtMost } from '../common/text-length.js';
import type { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { LIMITS, PACE_LIMIT, RETRY_LIMITS, type NumberLimit } from './webhook-limits.js';
import { SETTINGS } from './webhook-settings.js';
import { urlProblems } from './webhook-url.js';
import { badField } from './webhook.errors.js';

/** What is said of a webhook, as the API names it; what is null or absent was not said. */
export type GivenSettings = { readonly [Field in keyof CreateWebhookDto]?: unknown };

/** Neo4j stores UTF-8: half a surrogate pair would come back as another character. */
export function textProblems(field: string, value: unknown, min: number, max: number): FieldError[] {
  if (typeof value !== 'string') return [];
  const problems: FieldError[] = [];
  if (value.length < min || !isAtMost(value, max)) {
    problems.push(badField([field], `must have ${min} to ${max} characters`, 'string_length'));
  }
  if (!value.isWellFormed()) {
    problems.push(badField([field], 'must not contain half of a surrogate pair', 'string_unicode'));
  }
  return problems;
}

const STANDARD_PREFIX = 'whsec_';

/**
 * What no verifier could use. Those of Standard Webhooks decode what follows `whsec_`, and differ in what they take
 * besides standard base64 with its padding: what one of them refuses would be signed for nobody.
 */
export function secretProblems(secret: unknown): FieldError[] {
  if (typeof secret !== 'string') return [];
  if (secret === HIDDEN) return [badField(['secret'], `must not be ${HIDDEN}`, 'secret_hidden')];
  if (!secret.startsWith(STANDARD_PREFIX)) return [];
  const encoded = secret.slice(STANDARD_PREFIX.length);
  if (encoded !== '' && Buffer.from(encoded, 'base64').toString('base64') === encoded) return [];
  const msg = `must be standard base64, with its padding, after ${STANDARD_PREFIX}: verifiers decode it`;
  return [badField(['secret'], msg, 'secret_base64')];
}

function eventProblems(events: unknown): FieldError[] {
  if (!Array.isArray(events)) return [];
  if (events.length === 0 || events.length > LIMITS.events) {
    return [badField(['events'], `must be 1 to ${LIMITS.events} event types`, 'array_size')];
  }
  return events.flatMap((event: unknown, i) =>
    typeof event === 'string' ? [] : [badField(['events', i], 'must be a string', 'string_type')],
  );
}

function isWithin(value: unknown, { min, max, integer }: NumberLimit): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return !integer || Number.isInteger(value);
}

function retryProblems(retry: unknown): FieldError[] {
  if (!isMap(retry)) return [];
  return Object.entries<NumberLimit>(RETRY_LIMITS).flatMap(([field, limit]) => {
    const value = retry[field];
    if (value === undefined || isWithin(value, limit)) return [];
    const kind = limit.integer ? 'a whole number' : 'a number';
    return [
      badField(['retry_config', field], `must be ${kind} from ${limit.min} to ${limit.max}`, 'number_range'),
    ];
  });
}

function filterProblems(filter: unknown): FieldError[] {
  if (typeof filter !== 'string' || filter === '' || !isAtMost(filter, LIMITS.filter)) return [];
  try {
    new EventFilter(filter);
    return [];
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    const msg = `is no JSON-e expression: ${error.message}, at character ${error.position}`;
    return [badField(['filter'], msg, 'filter_syntax')];
  }
}

function paceProblems(pace: unknown): FieldError[] {
  if (pace == null || isWithin(pace, PACE_LIMIT)) return [];
  const msg = `must be a number from ${PACE_LIMIT.min} to ${PACE_LIMIT.max}, or null`;
  return [badField(['max_requests_per_second'], msg, 'number_range')];
}

function generationProblems({ secret, generate_secret: generate }: GivenSettings): FieldError[] {
  if (generate !== true || secret == null || secret === '') return [];
  const msg = 'must not be true together with a secret of your own';
  return [badField(['generate_secret'], msg, 'secret_given')];
}

/** By the bounds that the declarations of the settings have. */
function lengthProblems(given: GivenSettings): FieldError[] {
  const values = new Map<string, unknown>(Object.entries(given));
  return SETTINGS.flatMap(({ field, api: { minLength = 0, maxLength } }) =>
    maxLength === undefined ? [] : textProblems(field, values.get(field), minLength, maxLength),
  );
}

/** In the order of the declarations. */
function placeOf({ loc }: FieldError): number {
  return SETTINGS.findIndex(({ field }) => field === loc[1]);
}

/** Everything that is wrong with what is said of a webhook, each place once; of a wrong type is left to the DTO. */
export function settingProblems(given: GivenSettings): FieldError[] {
  const { url, secret, events, headers, retry_config: retry } = given;
  const problems = [
    ...lengthProblems(given),
    ...(typeof url === 'string' ? urlProblems(url) : []),
    ...secretProblems(secret),
    ...generationProblems(given),
    ...eventProblems(events),
    ...(isMap(headers) ? headerProblems(headers) : []),
    ...retryProblems(retry),
    ...formatNameProblems(given.format),
    ...filterProblems(given.filter),
    ...paceProblems(given.max_requests_per_second),
  ];
  return problems.sort((one, other) => placeOf(one) - placeOf(other));
}
