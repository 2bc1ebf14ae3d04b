import type { Answer } from './format.js';

/**
 * A member of the answer's JSON, wherever it stands; the first of its name. By pattern, because only the first 1 KiB is
 * kept and cut JSON cannot be parsed. Text within a string is never taken for a member: its quotes are escaped.
 */
const member = ({ body }: Answer, name: string, value: string): string | undefined =>
  new RegExp(`"${name}"\\s*:\\s*${value}`).exec(body)?.[1];

export function numberIn(answer: Answer, name: string): number | undefined {
  const found = member(answer, name, '"?(-?\\d{1,15})');
  return found === undefined ? undefined : Number(found);
}

export function booleanIn(answer: Answer, name: string): boolean | undefined {
  const found = member(answer, name, '(true|false)\\b');
  return found === undefined ? undefined : found === 'true';
}

/** The text of a member, unescaped; the engine cleans and cuts reasons, once credentials are hidden in them. */
export function textIn(answer: Answer, name: string): string | undefined {
  const found = member(answer, name, '"((?:[^"\\\\]|\\\\.)*)');
  return found === undefined ? undefined : unescaped(found);
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** An answer that is plain text. */
export const wordsOf = ({ body }: Answer): string => body.trim();
