import type { Secret } from '../../formats/secret-url.js';
import { placeOf, type IsPlace } from './secret-place.js';
import { readingsOf, type View } from './unescaped.js';

/** What an attempt is signed and authorised with, in the clear: lives as long as the attempt. */
export interface Credentials {
  /** Signing secrets, newest first. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** The true URL, where it is a secret. */
  readonly url?: string;
  /** Secret options of the webhook's format. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What else must not be seen: parts of that URL, values of those options. */
  readonly hidden?: readonly Secret[];
}

/** What is shown instead of a credential. */
export const HIDDEN = '***';

/** Headers that say nothing that anybody could use: the only ones whose values are shown, and may be seen in an answer. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'prefer',
  'x-environment',
  'x-source',
  'x-team',
]);

/** So many characters in a row that a credential has as well are a part of it; fewer may be ordinary words. */
const PART = 8;
/** A credential that is shorter than a part is hidden where it stands alone, and from this length on. */
const MIN_LENGTH = 3;
/**
 * How a text ends: as it was made, cut off (then the last characters may be any piece of a credential), or perhaps cut
 * off, as a sentence out of an answer that was.
 */
export type TextEnd = 'whole' | 'cut' | 'perhaps cut';
/** So many of its first characters at the end of a text, and so many in a row from within it, are a piece of a credential. */
const LEAST_AT_END: Readonly<Record<TextEnd, { readonly head: number; readonly piece: number }>> = {
  whole: { head: 4, piece: Infinity },
  'perhaps cut': { head: 4, piece: 4 },
  cut: { head: 1, piece: 2 },
};
/** Longer ones are looked for in the clear only: what is kept of an answer is no longer. */
const MAX_ENCODED = 512;
/** A text of this length is worth an index of the parts. */
const LONG_TEXT = 64;
/** An escape that is not complete. */
const CUT_ESCAPE = /(?:\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|%[0-9a-f]?|&#?\w{0,7})$/i;

/** Whether everybody may see the value of a header of this name. */
export function isHarmless(name: string): boolean {
  return HARMLESS.has(name.toLowerCase());
}

/** `user:password` as receivers read it; none where it is no base64 of such. */
function loginIn(text: string): string[] {
  const bytes = Buffer.from(text, 'base64');
  return [bytes.toString('utf8'), bytes.toString('latin1')].flatMap((login) => {
    const colon = login.indexOf(':');
    return colon < 0 ? [] : [login, login.slice(0, colon), login.slice(colon + 1)];
  });
}

/** What a value consists of: without its scheme, and of `name=value` the values. */
function piecesOf(value: string): string[] {
  const words = value.split(/[\s;,]+/).filter((word) => word !== '');
  const [scheme = '', ...rest] = words;
  const own = rest.length > 0 && !scheme.includes('=') ? rest : words;
  const pieces = own.map((word) => (/^[^=]+=./.test(word) ? word.slice(word.indexOf('=') + 1) : word));
  const bare = pieces.map((piece) => piece.replace(/^"(.*)"$/, '$1'));
  return [...bare, ...(/^basic$/i.test(scheme) ? rest.flatMap(loginIn) : [])];
}

/** Base64 of it, wherever it begins in what was encoded, and hexadecimal. */
function encodingsOf(piece: string): string[] {
  const base64 = [0, 1, 2].flatMap((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), Buffer.from(piece)]).toString('base64');
    const own = text.slice(lead === 0 ? 0 : lead + 1).replace(/.?=+$/, '');
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const hex = Buffer.from(piece).toString('hex');
  return [...new Set([...base64, hex, hex.toUpperCase()])];
}

/** The places of a view that are to be hidden, told by their places in the text. */
type Hide = (view: View, start: number, end: number) => void;

/** What to look for in an answer. */
class Traces {
  private readonly whole: readonly string[];
  private readonly pieces: readonly string[];
  private readonly sources: readonly string[];
  private readonly inPlace: readonly (readonly [value: string, isPlace: IsPlace])[];
  private parts: Set<string> | undefined;

  constructor({ secrets, headers, hidden = [] }: Credentials) {
    const anywhere = hidden.flatMap((secret) => (secret.anywhere ? [secret.value] : []));
    const words = hidden.filter((secret) => !secret.anywhere);
    this.inPlace = words.map((word) => [word.value, placeOf(word)]);
    const values = Object.entries(headers).flatMap(([name, value]) => (isHarmless(name) ? [] : [value]));
    const keys = secrets.map((secret) => secret.replace(/^whsec_/, ''));
    this.pieces = [...new Set([...secrets, ...keys, ...anywhere, ...values.flatMap(piecesOf)])];
    this.whole = [...new Set([...values, ...this.pieces])].filter(({ length }) => length >= MIN_LENGTH);
    const long = this.pieces.filter(({ length }) => length >= PART);
    const longWords = words.flatMap(({ value }) => (value.length >= PART ? [value] : []));
    const encoded = [...long, ...longWords]
      .filter(({ length }) => length <= MAX_ENCODED)
      .flatMap(encodingsOf);
    this.sources = [...long, ...long.map((piece) => piece.replaceAll(' ', '+')), ...encoded];
  }

  get any(): boolean {
    return this.pieces.length > 0 || this.inPlace.length > 0;
  }

  find(view: View, end: TextEnd, hide: Hide): void {
    this.findWhole(view, hide);
    this.findInPlace(view, end, hide);
    this.findParts(view, hide);
    this.findAtEnd(view, end, hide);
  }

  private findWhole(view: View, hide: Hide): void {
    const { text } = view;
    for (const value of this.whole) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        const end = at + value.length;
        const isAlone = !/[a-z0-9]/i.test(text.charAt(at - 1)) && !/[a-z0-9]/i.test(text.charAt(end));
        if (isAlone || value.length >= PART) hide(view, at, end);
      }
    }
  }

  private findParts(view: View, hide: Hide): void {
    const isPart = view.text.length > LONG_TEXT ? this.indexed() : this.scanned();
    for (let at = 0; at + PART <= view.text.length; at += 1) {
      if (isPart(view.text.slice(at, at + PART))) hide(view, at, at + PART);
    }
  }

  private findInPlace(view: View, textEnd: TextEnd, hide: Hide): void {
    const { text } = view;
    for (const [value, isPlace] of this.inPlace) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        const end = at + value.length;
        if (isPlace(text.slice(0, at), text.slice(end))) hide(view, at, end);
      }
      if (textEnd === 'whole') continue;
      for (let length = 1; length < value.length; length += 1) {
        const start = text.slice(0, text.length - length);
        if (text === start + value.slice(0, length) && isPlace(start, ''))
          hide(view, start.length, text.length);
      }
    }
  }

  private findAtEnd(view: View, end: TextEnd, hide: Hide): void {
    // An escape that was cut may as well be the beginning itself.
    const uncut = view.text.replace(CUT_ESCAPE, '').replace(/\ufffd+$/, '');
    for (const text of new Set([view.text, uncut])) {
      const length = this.lengthAtEnd(text, LEAST_AT_END[end]);
      if (length > 0) hide(view, text.length - length, view.text.length);
    }
  }

  /** How much of the end of a text is a piece of a credential, less than a part of it; 0 = nothing. */
  private lengthAtEnd(text: string, least: { readonly head: number; readonly piece: number }): number {
    const sources = [...this.pieces, ...this.sources];
    for (let length = Math.min(PART, text.length); length >= least.head; length -= 1) {
      const end = text.slice(-length);
      const isPiece = (source: string): boolean =>
        length >= least.piece ? source.includes(end) : source.startsWith(end);
      if (sources.some(isPiece)) return length;
    }
    return 0;
  }

  private scanned(): (part: string) => boolean {
    return (part) => this.sources.some((source) => source.includes(part));
  }

  private indexed(): (part: string) => boolean {
    const parts = (this.parts ??= new Set(
      this.sources.flatMap((source) =>
        Array.from({ length: Math.max(0, source.length - PART + 1) }, (_, at) => source.slice(at, at + PART)),
      ),
    ));
    return (part) => parts.has(part);
  }
}

function withoutHidden(text: string, hidden: readonly boolean[]): string {
  let shown = '';
  for (let i = 0; i < text.length; i += 1) {
    if (!hidden[i]) shown += text.charAt(i);
    else if (!hidden[i - 1]) shown += HIDDEN;
  }
  return shown;
}

/** Those of attempts that start together are the same object. */
const known = new WeakMap<Credentials, Traces>();

function tracesOf(credentials: Credentials): Traces {
  const traces = known.get(credentials) ?? new Traces(credentials);
  known.set(credentials, traces);
  return traces;
}

/**
 * A text without the credentials, whole or in part, in the clear or encoded. A receiver that echoes its request, as many
 * do for debugging, would otherwise put them into the log, where analysts read.
 *
 * @param end whether the text may end in the middle of what was sent
 */
export function hideCredentials(text: string, credentials: Credentials, end: TextEnd = 'whole'): string {
  if (text === '') return text;
  const traces = tracesOf(credentials);
  if (!traces.any) return text;
  const hidden = Array<boolean>(text.length).fill(false);
  const hide: Hide = ({ from, to }, start, end) => hidden.fill(true, from[start], to[end - 1]);
  for (const view of readingsOf(text)) traces.find(view, end, hide);
  return hidden.includes(true) ? withoutHidden(text, hidden) : text;
}
