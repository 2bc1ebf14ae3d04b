import { RawJson, rawMembers, stringifyWithRaw } from '../common/json/raw-json.js';
import type { FormatEvent } from './format.js';
import { fit } from './text.js';

/** Each escape of a JSON text as one piece, a pair of surrogates included. */
const ESCAPES =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/g;
const LONE_SURROGATE = /^\\u[dD][89a-fA-F][\da-fA-F]{2}$/;

/**
 * A value as JSON of one line, in which each `RawJson` stands for its own text. No half of a surrogate pair is in it:
 * stores that keep text as UTF-8 refuse the whole record for one.
 */
export const jsonText = (value: unknown): string => wellFormedJson(stringifyWithRaw(value));

/** JSON as UTF-8 can hold it: what is escaped in it and half a pair is U+FFFD. */
export function wellFormedJson(json: string): string {
  if (!/\\u[dD]/.test(json)) return json;
  return json.replace(ESCAPES, (escape) => (LONE_SURROGATE.test(escape) ? '\\ufffd' : escape));
}

/**
 * The data of an event as it was written: large integers, 1.0 and the order of keys reach the receiver unchanged, which
 * JSON.parse would not let them.
 */
export const writtenData = ({ body }: Pick<FormatEvent, 'body'>): RawJson =>
  new RawJson(rawMembers(body.toString('utf8')).get('data') ?? '{}');

export interface WireLine {
  readonly text: string;
  readonly truncated: boolean;
}

/** Around the cut data: each name is at most this long, and all of them take at most so many bytes, escaped. */
const MOST_NAME = 256;
const FRAME_BYTES = 4096;

const shortened = (name: string): string => fit(name, MOST_NAME).text;

/**
 * The event's own body as one line of at most `mostBytes`. Of a longer one the data goes, and `data_text` holds its
 * beginning as text, so that the line stays valid JSON.
 *
 * @param mostBytes at least 8 KiB
 */
export function wireLine(event: FormatEvent, mostBytes: number): WireLine {
  const text = event.body.toString('utf8');
  const bytes = Buffer.byteLength(text);
  if (bytes <= mostBytes) return { text, truncated: false };
  const cut = {
    event: shortened(event.event),
    timestamp: event.timestamp,
    project_id: event.projectId === null ? null : shortened(event.projectId),
    truncated: true,
    bytes,
    data_text: dataStart(event, mostBytes - FRAME_BYTES),
  };
  return { text: jsonText(cut), truncated: true };
}

/** The beginning of the data's JSON text: as much as takes no more than `mostBytes` when it is a JSON string. */
export function dataStart(event: FormatEvent, mostBytes: number): string {
  // A UTF-16 unit of JSON text is at most 3 bytes; only `"` and `\` are escaped, each to 2.
  return writtenData(event)
    .text.slice(0, Math.max(0, Math.floor(mostBytes / 3)))
    .toWellFormed();
}
