import { isDeepStrictEqual } from 'node:util';
import { isMap } from '../../common/json/is-map.js';
import { usage } from '../exit.js';

/** A webhook as files and the Python service describe it. */
export interface Definition {
  readonly id?: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly active?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly project_id?: string | null;
  readonly retry_config?: Readonly<Record<string, number>> | null;
  readonly has_secret?: boolean;
}

/** What a definition may say besides name and project, by which it is found. */
const SETTINGS = [
  ...['description', 'url', 'events', 'active', 'headers', 'retry_config'],
  ...['format', 'format_options', 'filter', 'max_requests_per_second'],
] as const;
const WRITTEN = ['name', 'project_id', ...SETTINGS, 'has_secret'] as const;

/** A value of a header that is not shown, and that is kept when it comes back. */
const HIDDEN = '***';

type Settings = Readonly<Record<string, unknown>>;

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const mapIn = (value: unknown): Settings => (isMap(value) ? value : {});

/** What a file says of a webhook: what can be read back, in an order of its own so that versions compare well. */
export function exported(webhook: object): Settings {
  const given: Settings = { ...webhook };
  return Object.fromEntries(WRITTEN.filter((name) => name in given).map((name) => [name, given[name]]));
}

/** The definitions in what a file holds or a service answered. */
export function definitionsIn(value: unknown, source: string): Definition[] {
  const list = isMap(value) ? value['webhooks'] : value;
  if (!Array.isArray(list)) throw usage(`${source} has no list of webhooks`);
  return list.map((entry: unknown, index) => {
    if (isDefinition(entry)) return entry;
    throw usage(`Webhook ${index + 1} in ${source} has no name, url or events`);
  });
}

function isDefinition(entry: unknown): entry is Definition {
  if (!isMap(entry)) return false;
  const { name, url, events } = entry;
  return typeof name === 'string' && typeof url === 'string' && Array.isArray(events);
}

/** By name, project and which of those that share them it is; so that a second run finds what the first one made. */
export function keysOf<T extends { name: string; project_id?: string | null }>(
  all: readonly T[],
): Map<string, T> {
  const keyed = new Map<string, T>();
  for (const one of all) {
    for (let n = 0; ; n += 1) {
      const key = JSON.stringify([one.name, one.project_id ?? null, n]);
      if (keyed.has(key)) continue;
      keyed.set(key, one);
      break;
    }
  }
  return keyed;
}

/** The settings that a definition gives, as a request to create or change a webhook takes them. */
export function settingsOf(definition: Definition): Settings {
  const given: Settings = { ...definition };
  const named = SETTINGS.filter((name) => given[name] !== undefined && given[name] !== null);
  return Object.fromEntries(named.map((name) => [name, given[name]]));
}

/**
 * What of the settings is another one there. Values of headers that are hidden cannot be compared: they count as the
 * same, unless they are to be overwritten.
 */
export function difference(wanted: Settings, there: Settings, overwritesHeaders: boolean): Settings {
  const changed = Object.entries(wanted).filter(([name, value]) => {
    if (name === 'headers') return !sameHeaders(mapIn(value), mapIn(there[name]), overwritesHeaders);
    if (name === 'events') return !isDeepStrictEqual(new Set(listIn(value)), new Set(listIn(there[name])));
    if (name === 'retry_config')
      return !isDeepStrictEqual({ ...mapIn(there[name]), ...mapIn(value) }, there[name]);
    return !isDeepStrictEqual(value, there[name]);
  });
  return Object.fromEntries(changed);
}

function sameHeaders(wanted: Settings, there: Settings, overwrites: boolean): boolean {
  const lower = (headers: Settings): Map<string, unknown> =>
    new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [ours, theirs] = [lower(wanted), lower(there)];
  const same = (name: string, value: unknown): boolean =>
    value === HIDDEN || theirs.get(name) === value || (theirs.get(name) === HIDDEN && !overwrites);
  return (
    ours.size === theirs.size && [...ours].every(([name, value]) => theirs.has(name) && same(name, value))
  );
}
