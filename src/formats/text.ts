/** What hostile text goes through on its way into a message: cleaned, made unclickable, cut. Pure functions. */

const CONTROLS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f`;
/** Marks that reverse or hide text, and the byte order mark. */
const INVISIBLE = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff`;
const DROPPED = new RegExp(`[${CONTROLS}${INVISIBLE}]`, 'g');
const LINE_BREAKS = /\r\n?|[\u2028\u2029]/g;

/**
 * As much of a text as is looked at where `most` units are shown, so that a name of 1 MiB costs no more than a short
 * one. What is dropped or folded may make the rest shorter than `most`: it is cut in any case.
 */
export const considered = (text: string, most: number): string => text.slice(0, 16 * most);

/**
 * Text of several lines: line breaks are LF, tabs stay, control and bidi characters go, and half a surrogate pair is
 * U+FFFD, because some receivers answer 400 for one.
 */
export const cleanText = (text: string): string =>
  text.replace(LINE_BREAKS, '\n').replace(DROPPED, '').toWellFormed();

/** Text of one line: every run of white space, line breaks included, is one space. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ').trim();

/** What is written otherwise; that itself stays, so that what was made unclickable before is not spoiled. */
export const SCHEMES: Readonly<Record<string, string | undefined>> = {
  ...{ http: 'hxxp', https: 'hxxps', ftp: 'fxp' },
  ...{ hxxp: 'hxxp', hxxps: 'hxxps', fxp: 'fxp' },
};
export const SCHEME = /([a-z][a-z0-9+.-]{0,31}):(?=\/\/)/gi;
/** Those that clients open without `//`: of any word before a colon would not be left what people write (`Note:x`). */
export const BARE_SCHEME =
  /\b(about|bitcoin(?:cash)?|blob|callto|cid|data|dash|doge(?:coin)?|ed2k|ethereum|facetime(?:-audio)?|file|geo|im|intent|ipfs|ipns|irc|itms(?:-apps)?|javascript|lightning|litecoin|magnet|mailto|maps|market|matrix|message|mid|mms(?:to)?|monero|ms-[a-z]{1,24}|news|openpgp4fpr|payto|sgnl|signal|sips?|skype|sms(?:to)?|spotify|steam|stun|tel|tg|turn|urn|vbscript|view-source|viber|web\+[a-z]{1,24}|webcal|whatsapp|xmpp):(?=\S)/gi;
/** Any scheme that goes on with a query: `magnet:?…`, and what is not listed. */
export const QUERIED_SCHEME = /\b([a-z][a-z0-9+.-]{0,31}):(?=\?\S)/gi;
/** A dot before a letter or an emoji, as hosts and e-mail addresses have them; IDNA takes the other three for dots, too. */
export const HOST_DOT = /(?<=[\p{L}\p{N}\p{M}\p{S}\p{Cf}_-])[.\u3002\uff0e\uff61](?=[\p{L}\p{So}])/gu;
export const IPV4 = /(?<!\d|\d\.)\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)/g;
export const AT = /(?<!\[)@|@(?!\])/g;

function defangScheme(_: string, scheme: string): string {
  const name = scheme.toLowerCase();
  const other = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  return other === undefined ? `${scheme}[:]` : `${other}:`;
}

/**
 * Text in which no client of a chat finds anything to click, to fetch or to call: `http` is `hxxp`, dots of hosts,
 * addresses and e-mail are `[.]`, each `@` is `[@]`. What is written so already stays as it is.
 */
export const defang = (text: string): string =>
  text
    .replace(SCHEME, defangScheme)
    .replace(BARE_SCHEME, '$1[:]')
    .replace(QUERIED_SCHEME, '$1[:]')
    .replace(IPV4, (address) => address.replaceAll('.', '[.]'))
    .replace(HOST_DOT, '[.]')
    .replace(AT, '[@]');

export interface Fitted {
  readonly text: string;
  readonly cut: boolean;
}

export interface FitOptions {
  /** What the receiver needs escaped; each character for itself, never to something shorter. @default none */
  readonly escape?: (text: string) => string;
  /** How the receiver counts; never less than what it counts. @default UTF-16 units */
  readonly measure?: (text: string) => number;
}

export const utf8Length = (text: string): number => Buffer.byteLength(text);

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many of the first UTF-16 units have room; a surrogate pair is not divided. */
function unitsThatFit(text: string, room: number, size: (of: string) => number): number {
  let [fits, tooMany] = [0, text.length + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (size(text.slice(0, middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return /[\ud800-\udbff]$/.test(text.slice(fits - 1, fits)) ? fits - 1 : fits;
}

/** Where the grapheme begins that holds this unit. Only there is looked: to divide a long text into all of its costs more than to send it. */
function graphemeAt(text: string, unit: number): number {
  return unit < text.length ? (graphemes.segment(text).containing(unit)?.index ?? 0) : unit;
}

/**
 * The text, escaped, and no longer than `most`: whole graphemes and `…` where something was cut. Of a first grapheme
 * that alone is longer, as many code points as fit.
 */
export function fit(text: string, most: number, { escape, measure }: FitOptions = {}): Fitted {
  const size = (of: string): number => measure?.(of) ?? of.length;
  const sizeEscaped = (of: string): number => size(escape?.(of) ?? of);
  // Escaping never shortens, and no receiver counts less than UTF-16 units: what is longer here is cut in any case.
  if (text.length <= most) {
    const escaped = escape?.(text) ?? text;
    if (size(escaped) <= most) return { text: escaped, cut: false };
  }
  const start = text.slice(0, most + 1).toWellFormed();
  const room = most - size(ELLIPSIS);
  if (room < 0) return { text: '', cut: true };
  const units = unitsThatFit(start, room, sizeEscaped);
  const taken = start.slice(0, graphemeAt(start, units) || units);
  return { text: (escape?.(taken) ?? taken) + ELLIPSIS, cut: true };
}
