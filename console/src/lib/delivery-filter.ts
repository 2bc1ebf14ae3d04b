import type { DeliveryNews, EventNews } from '../live/connection.js';

/** What the address of the log of deliveries says; names as in the API, and `range` in its place of `since`. */
export interface DeliveryFilter {
  readonly status?: string;
  readonly webhook_id?: string;
  readonly event?: string;
  readonly project_id?: string;
  readonly range?: string;
  readonly since?: string;
  readonly until?: string;
  readonly cursor?: string;
}

export const RANGES = [
  ['', 'Any time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['exact', 'From … to …'],
] as const;

const HOURS: Readonly<Record<string, number>> = { '1h': 1, '24h': 24, '7d': 168 };
const NAMES = ['status', 'webhook_id', 'event', 'project_id', 'range', 'since', 'until', 'cursor'] as const;

export function filterOf(search: URLSearchParams): DeliveryFilter {
  const given = NAMES.map((name) => [name, search.get(name) ?? ''] as const).filter(
    ([, value]) => value !== '',
  );
  return Object.fromEntries(given);
}

/** Whether it leaves anything out, apart from pages. */
export const isNarrow = ({ cursor: _, ...rest }: DeliveryFilter): boolean => Object.keys(rest).length > 0;

/** What the API is asked. @param now ms since the epoch, from which "last hour" counts */
export function asQuery({ range, since, until, ...rest }: DeliveryFilter, now: number) {
  const hours = HOURS[range ?? ''];
  if (hours !== undefined) return { ...rest, since: new Date(now - hours * 3_600_000).toISOString() };
  return range === 'exact' ? { ...rest, since, until } : rest;
}

/** States in which a delivery has had no attempt yet. */
const WAITING = [undefined, 'pending', 'sending'];

/** Whether a delivery of an event that was just accepted would be on the first page before its first attempt. */
export const mayWaitIn = ({ status, event, project_id, cursor }: DeliveryFilter, news: EventNews): boolean =>
  cursor === undefined &&
  WAITING.includes(status) &&
  (event === undefined || news.event === event) &&
  (project_id === undefined || news.project_id === project_id);

/** Whether a delivery that was just made would be on the first page. */
export function wouldShow(filter: DeliveryFilter, news: DeliveryNews): boolean {
  const { status, webhook_id, event, project_id, range, since, until, cursor } = filter;
  if (cursor !== undefined) return false;
  if (range === 'exact' && until !== undefined && news.created_at >= until) return false;
  if (range === 'exact' && since !== undefined && news.created_at < since) return false;
  return (
    (status === undefined || news.status === status) &&
    (webhook_id === undefined || news.webhook_id === webhook_id) &&
    (event === undefined || news.event === event) &&
    (project_id === undefined || news.project_id === project_id)
  );
}
