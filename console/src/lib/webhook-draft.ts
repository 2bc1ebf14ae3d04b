import type { FieldError } from '../api/call.js';
import type { Webhook } from '../api/types.js';

/** What the form of a webhook holds; names as in the API. */
export interface WebhookDraft {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly format: string;
  readonly format_options: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly project_id: string;
  readonly filter: string;
  /** `generate` = the service makes one; `own`; `none` = unsigned. */
  readonly signing: 'generate' | 'own' | 'none' | 'keep';
  readonly secret: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly max_requests_per_second: string;
  readonly retry_config: Retries;
}

export interface Retries {
  readonly max_retries: number;
  readonly initial_delay: number;
  readonly max_delay: number;
  readonly backoff_multiplier: number;
}

export const EMPTY_DRAFT: WebhookDraft = {
  name: '',
  description: '',
  url: '',
  format: 'basset',
  format_options: {},
  events: [],
  project_id: '',
  filter: '',
  signing: 'generate',
  secret: '',
  headers: [],
  max_requests_per_second: '',
  retry_config: { max_retries: 3, initial_delay: 1, max_delay: 60, backoff_multiplier: 2 },
};

export function draftOf(webhook: Webhook): WebhookDraft {
  return {
    name: webhook.name,
    description: webhook.description ?? '',
    url: webhook.url,
    format: webhook.format,
    format_options: webhook.format_options,
    events: webhook.events,
    project_id: webhook.project_id ?? '',
    filter: webhook.filter ?? '',
    signing: 'keep',
    secret: '',
    headers: Object.entries(webhook.headers),
    max_requests_per_second: webhook.max_requests_per_second?.toString() ?? '',
    retry_config: webhook.retry_config,
  };
}

function signing({ signing: how, secret }: WebhookDraft): object {
  switch (how) {
    case 'generate':
      return { generate_secret: true };
    case 'own':
      return { secret };
    case 'none':
      return { secret: null };
    case 'keep':
      return {};
  }
}

/** What the form itself knows to be wrong: the service would get null for it. */
export function draftProblems({ max_requests_per_second }: WebhookDraft): FieldError[] {
  const pace = Number(max_requests_per_second);
  if (!Number.isNaN(pace)) return [];
  return [{ loc: ['body', 'max_requests_per_second'], msg: 'must be a number, as 5 or 0.5' }];
}

const emptyIsNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** What the service gets to create or preview it. @param hasFormats whether it knows formats */
export function toBody(draft: WebhookDraft, hasFormats: boolean): Record<string, unknown> {
  const { name, url, events, retry_config, format, format_options } = draft;
  const pace = emptyIsNull(draft.max_requests_per_second);
  return {
    ...{ name, url, events, retry_config },
    description: emptyIsNull(draft.description),
    project_id: emptyIsNull(draft.project_id),
    headers: Object.fromEntries(draft.headers.filter(([header]) => header.trim() !== '')),
    ...signing(draft),
    ...(hasFormats && {
      ...{ format, format_options },
      filter: emptyIsNull(draft.filter),
      max_requests_per_second: pace === null ? null : Number(pace),
    }),
  };
}

/**
 * What changed, as a merge patch: headers and options that are gone are null, as a merge would keep them.
 */
export function toPatch(
  before: WebhookDraft,
  after: WebhookDraft,
  hasFormats: boolean,
): Record<string, unknown> {
  const [from, to] = [toBody(before, hasFormats), toBody(after, hasFormats)];
  const changed = Object.entries(to).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(from[name]),
  );
  return Object.fromEntries(
    changed.map(([name, value]) => [
      name,
      name === 'headers' || name === 'format_options' ? merged(from[name], value) : value,
    ]),
  );
}

function merged(from: unknown, to: unknown): unknown {
  const gone = Object.keys(from as object).filter((name) => !(name in (to as object)));
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...(to as object) };
}

/** The message for a field; '' = none. `loc` is `["body", "events", 0]`: what stands below counts for the field. */
export function problemAt(errors: readonly FieldError[], ...path: readonly string[]): string {
  const own = errors.filter(({ loc }) => path.every((part, at) => String(loc[at + 1]) === part));
  return own.map(({ msg }) => msg).join('; ');
}

/** The message for the field itself, and not for what stands below it. */
export const problemOf = (errors: readonly FieldError[], name: string): string =>
  problemAt(
    errors.filter(({ loc }) => loc.length === 2),
    name,
  );

/** The fields of the form that show what is wrong with them, as they are: `retry_config` has only those below it. */
export function placesOf({ signing, headers }: WebhookDraft, options: readonly string[]): string[] {
  return [
    ...['name', 'url', 'format', 'events', 'project_id', 'filter', 'description', 'max_requests_per_second'],
    ...Object.keys(EMPTY_DRAFT.retry_config).map((name) => `retry_config.${name}`),
    ...options.map((name) => `format_options.${name}`),
    ...headers.map(([name]) => `headers.${name}`),
    ...(signing === 'own' ? ['secret'] : []),
  ];
}

/** What has no field of its own, each with where it belongs: `secret: must not be ***`. */
export function withoutPlace(errors: readonly FieldError[], places: readonly string[]): string[] {
  const isShown = (path: string): boolean =>
    places.some((place) => path === place || path.startsWith(`${place}.`));
  return errors
    .map(({ loc, msg }) => [loc.slice(1).join('.'), msg] as const)
    .filter(([path]) => !isShown(path))
    .map(([path, msg]) => (path === '' ? msg : `${path}: ${msg}`));
}

/** When the attempts after the first are made, seconds: `1, 2, 4`. */
export function delays({ max_retries, initial_delay, max_delay, backoff_multiplier }: Retries): string {
  const all = Array.from({ length: Math.min(Math.max(max_retries, 0), 10) }, (_, at) =>
    Math.min(initial_delay * backoff_multiplier ** at, max_delay),
  );
  return all.map((seconds) => Number(seconds.toFixed(1))).join(', ');
}
