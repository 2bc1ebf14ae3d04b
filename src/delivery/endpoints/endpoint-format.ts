import { createHash } from 'node:crypto';
import { asksFirst } from '../../formats/asks-first.js';
import { formatNamed } from '../../formats/catalogue.js';
import { EventFilter } from '../../formats/filter/filter.js';
import type { FormatOptions } from '../../formats/format.js';
import { realOrNull, textOrNull, type Row } from '../../neo4j/row.js';
import { groupingOf, type Pace, type Rendering } from '../model/endpoint.js';

/**
 * How the events of a stored webhook are rendered; null = as they are.
 *
 * @throws Error when this service does not know the format: what waits is kept for one that does
 */
export function toRendering(webhook: Row): Rendering | null {
  const name = textOrNull(webhook, 'format');
  if (name === null || name === 'basset') return null;
  const format = formatNamed(name);
  if (!format) throw new Error(`This service does not know the format '${name}'`);
  const options = JSON.parse(textOrNull(webhook, 'format_options') ?? '{}') as FormatOptions;
  return { format, options, grouping: groupingOf(format, options) };
}

/** @throws FilterSyntaxError when somebody has spoiled it: rather nothing than what nobody wants */
export function toFilter(webhook: Row): EventFilter | null {
  const text = textOrNull(webhook, 'filter');
  return text === null ? null : new EventFilter(text);
}

/** The webhook's own pace, else that of its format. URLs that are secrets are told apart without being kept. */
export function toPace(webhook: Row, rendering: Rendering | null, url: string): Pace | null {
  const own = realOrNull(webhook, 'max_requests_per_second');
  if (own !== null && own <= 0) throw new Error('Its max_requests_per_second is not above 0');
  // Who is asked first may name a pace.
  const isAsked = rendering !== null && asksFirst(rendering.format, rendering.options);
  if (own !== null || isAsked)
    return { key: textOrNull(webhook, 'id') ?? '', perSecond: own ?? Infinity, burst: 1 };
  const format = rendering?.format;
  if (!format || format.rate.perSecond === null) return null;
  const { perSecond, burst = 1, per, option } = format.rate;
  const { origin, pathname } = new URL(url);
  // The query says where in a channel it goes (`thread_id`); the limit is that of the webhook.
  const place =
    per === 'url' ? createHash('sha256').update(`${origin}${pathname}`).digest('base64url') : origin;
  const whom = option === undefined ? '' : ` ${JSON.stringify(rendering.options[option])}`;
  return { key: `${format.name} ${place}${whom}`, perSecond, burst };
}
