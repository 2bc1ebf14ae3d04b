import { parseUrl } from '../common/parse-url.js';
import type { FormatEvent } from './format.js';
import { valueAt, valueText } from './value.js';

const MOST = 2048;
const PLACEHOLDER = /\{([^{}]*)\}/g;

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;

/** A value that can be nothing but one segment of a path or one value of a query; undefined = no link. */
function encoded(value: unknown): string | undefined {
  const text = valueText(value).toWellFormed();
  if (text === '' || text.length > MOST || text === '.' || text === '..') return undefined;
  return encodeURIComponent(text).replace(/[!'()*]/g, percent);
}

/** The link of an event by a template; null where a value is missing, or what comes out is no http(s) URL. */
export function linkOf(template: string, event: FormatEvent): string | null {
  const values = Array.from(template.matchAll(PLACEHOLDER), ([, path = '']) =>
    encoded(valueAt(event, path.trim()).value),
  );
  const filled = template.replace(PLACEHOLDER, () => values.shift() ?? '{}');
  const url = /[{}]/.test(filled) ? undefined : parseUrl(filled);
  if (!url) return null;
  const { protocol, href } = url;
  // What Slack and Markdown take for the end of a link; the URL parser leaves it as it is.
  const safe = href.replace(/[|>()\s]/g, percent);
  return /^https?:$/.test(protocol) && safe.length <= MOST ? safe : null;
}
