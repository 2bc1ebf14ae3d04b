import type { FormatEvent } from './format.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What stands at a dotted path; a key that holds the dots itself, such as `core.name`, is found as well. */
export function pathIn(value: unknown, path: string): unknown {
  if (!isRecord(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(value, key)) continue;
    const found = pathIn(value[key], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface Found {
  readonly value: unknown;
  /** One of the event's own properties, which nobody who is investigated has written. */
  readonly isOurs: boolean;
}

/**
 * What a path of an option means: in `data`, or one of the event's own properties; `data.` may stand in front. `data`
 * alone is nothing: never the whole of it.
 */
export function valueAt(event: FormatEvent, path: string): Found {
  const { id, event: type, timestamp, projectId, data } = event;
  const inData = pathIn(data, path) ?? (path.startsWith('data.') ? pathIn(data, path.slice(5)) : undefined);
  if (inData !== undefined && inData !== null) return { value: inData, isOurs: false };
  const own = { id, event_id: id, event: type, timestamp, project_id: projectId };
  return { value: Object.hasOwn(own, path) ? own[path as keyof typeof own] : undefined, isOurs: true };
}

const MOST_ITEMS = 64;

/** A value as a person reads it; '' for none. Lists of simple values are joined, all else is JSON. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isRecord(value)) return '';
  if (Array.isArray(value) && !value.some((item) => typeof item === 'object'))
    return value.slice(0, MOST_ITEMS).map(String).join(', ');
  return JSON.stringify(value);
}
