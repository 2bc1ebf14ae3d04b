import type { Answer, Json, Query } from './api.js';
import type { Listed } from './answers.js';
import type { Cli } from './cli.js';

export interface PageFlags {
  readonly limit?: number;
  readonly all?: boolean;
}

/** The largest page of the API. */
const PAGE = 100;

/**
 * The rows of a list, page after page, and the answer as one: as many as `--limit` says, or all.
 *
 * @param name of the rows in the answer
 */
export async function listAll(
  cli: Cli,
  path: string,
  name: string,
  query: Query,
  flags: PageFlags,
): Promise<Answer> {
  const most = flags.all === true ? Infinity : (flags.limit ?? 50);
  let page = await cli.api.get(path, { ...query, limit: Math.min(most, PAGE) });
  const first = page;
  const rows = rowsOf(page, name);
  while (rows.length < most) {
    const { next_cursor: cursor } = page.body as unknown as Listed;
    if (cursor == null) break;
    page = await cli.api.get(path, { ...query, cursor, limit: Math.min(most - rows.length, PAGE) });
    rows.push(...rowsOf(page, name));
    if (flags.all === true) cli.note(`${rows.length} read`);
  }
  if (page === first) return first;
  const body = { ...(page.body as object), [name]: rows } as unknown as Answer['body'];
  return { status: first.status, body, text: JSON.stringify(body) };
}

const rowsOf = ({ body }: Answer, name: string): Json[] =>
  (body as unknown as Record<string, Json[]>)[name] ?? [];

/** A time as the API takes it: RFC 3339, or ago: 30s, 10m, 1h, 7d. */
export function timeFrom(text: string | undefined, now = Date.now()): string | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text ?? '') ?? [];
  if (count === undefined) return text;
  const ms = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd'];
  return new Date(now - Number(count) * ms).toISOString();
}
