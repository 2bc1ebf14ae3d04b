import type { Answer, Query } from './api.js';
import type { DeliveryAnswer, Listed, WebhookAnswer } from './answers.js';
import type { Cli } from './cli.js';

export interface PageFlags {
  readonly limit?: number;
  readonly all?: boolean;
}

/** A page of a list: its rows under a name of their own. */
type Page<Name extends string, Row> = Listed & Readonly<Record<Name, readonly Row[]>>;
export type WebhookPage = Page<'webhooks', WebhookAnswer>;
export type DeliveryPage = Page<'deliveries', DeliveryAnswer>;

/** The largest page of the API. */
const PAGE = 100;

/**
 * The rows of a list, page after page, and the answer as one: as many as `--limit` says, or all.
 *
 * @param name of the rows in the answer
 */
async function listAll<Name extends string, Row>(
  cli: Cli,
  path: string,
  name: Name,
  query: Query,
  flags: PageFlags,
): Promise<Answer<Page<Name, Row>>> {
  const most = flags.all === true ? Infinity : (flags.limit ?? 50);
  const read = (cursor: string | undefined, limit: number): Promise<Answer<Page<Name, Row>>> =>
    cli.api.get(path, { ...query, cursor, limit: Math.min(limit, PAGE) });
  let page = await read(undefined, most);
  const first = page;
  const rows = [...page.body[name]];
  while (rows.length < most) {
    const { next_cursor: cursor } = page.body;
    if (cursor == null) break;
    page = await read(cursor, most - rows.length);
    rows.push(...page.body[name]);
    if (flags.all === true) cli.note(`${rows.length} read`);
  }
  if (page === first) return first;
  const body = { ...page.body, [name]: rows };
  return { status: first.status, body, text: JSON.stringify(body) };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @param unit s, m, h or d */
export const secondsOf = (count: string, unit: string): number => Number(count) * (SECONDS[unit] ?? NaN);

export const listWebhooks = (cli: Cli, query: Query, flags: PageFlags): Promise<Answer<WebhookPage>> =>
  listAll(cli, '/webhooks', 'webhooks', query, flags);

export const listDeliveries = (cli: Cli, query: Query, flags: PageFlags): Promise<Answer<DeliveryPage>> =>
  listAll(cli, '/webhooks/deliveries', 'deliveries', query, flags);

/** A time as the API takes it: RFC 3339, or ago: 30s, 10m, 1h, 7d. */
export function timeFrom(text: string | undefined, now = Date.now()): string | undefined {
  const [, count, unit = 's'] = /^(\d+)([smhd])$/.exec(text ?? '') ?? [];
  return count === undefined ? text : new Date(now - secondsOf(count, unit) * 1000).toISOString();
}
