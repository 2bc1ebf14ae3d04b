import { isMap } from '../common/json/is-map.js';
import type { Answer, Interpretation, OutcomeWord, RenderedRequest } from './format.js';
import { cleanLine } from './text.js';

/** A POST of JSON. */
export function jsonRequest(
  url: string,
  value: unknown,
  truncated: boolean,
  headers: Readonly<Record<string, string>> = {},
): RenderedRequest {
  const body = Buffer.from(JSON.stringify(value));
  return {
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
    truncated,
  };
}

/** Bytes that a text takes inside a JSON string. */
export const jsonLength = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** The body as a JSON object; undefined if it is none, or was cut on the way. */
export function jsonObject({ body }: Pick<Answer, 'body'>): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a receiver said, as a reason: `Slack: channel_is_archived`. It is cut later, when credentials are hidden in it. */
export function saying(receiver: string, text: unknown): string | undefined {
  const line = typeof text === 'string' || typeof text === 'number' ? cleanLine(String(text)) : '';
  return line === '' ? undefined : `${receiver}: ${line}`;
}

/** An interpretation with what was said, if anything was. */
export function interpretation(outcome: OutcomeWord, reason?: string, waitSeconds?: number): Interpretation {
  return {
    outcome,
    ...(reason !== undefined && { reason }),
    ...(waitSeconds !== undefined && { waitSeconds }),
  };
}

/** A finite number of seconds from a header or a body, at least 0; undefined for anything else. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/** An answer of a web page where JSON was to be expected: a proxy or a gatekeeper in front of the receiver. */
export const isHtml = ({ headers, body }: Answer): boolean =>
  // The type alone says nothing: Slack calls its `ok` HTML, too.
  /^\s*<(!doctype\s+html|html)\b/i.test(body) ||
  (/^text\/html\b/i.test(headers['content-type'] ?? '') && /^\s*</.test(body));
