import type { Secret } from '../../formats/secret-url.js';

/** Whether a secret stands between these two pieces of a text as what it is. */
export type IsPlace = (before: string, after: string) => boolean;

/** What says that a part of a path comes next. */
const NAMES = 'key|token|secret|signature|password|hook|webhook|path';
/** So much of what stands before a secret says what it is. */
const MOST_BEFORE = 80;
/** The end of a part of a URL, or of a value. */
const ENDS = /^(?:[/?#&"'`<>\s,;:!)\]}\\]|\.(?:\s|$)|$)/;
const IN_URL = /[/?&]$/;
const QUOTED = /(["'`])$/;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** The name, and what stands between a name and its value: `"topic":["`, `topic=`, `topic `. */
const named = (names: string): RegExp =>
  new RegExp(`(?<![a-z0-9])(?:${names})s?["'\`]?[\\s:=[]{1,4}["'\`]?$`, 'i');

/** As a value of JSON or in words, not as the name of a member. */
function isQuoted(before: string, after: string): boolean {
  const quote = QUOTED.exec(before)?.[1];
  return quote !== undefined && after.startsWith(quote) && !/^.\s*:/.test(after);
}

/**
 * Where a secret stands that may as well be a word of any sentence: in a URL, behind its name, or all alone; a part of a
 * path, which has no name, also in quotes.
 */
export function placeOf({ name }: Secret): IsPlace {
  const isNamed = named(name === undefined ? NAMES : escaped(name));
  return (all, after) => {
    const before = all.slice(-MOST_BEFORE);
    if (!ENDS.test(after)) return false;
    return (
      IN_URL.test(before) ||
      isNamed.test(before) ||
      (name === undefined && isQuoted(before, after)) ||
      (all.trim() === '' && after.trim() === '')
    );
  };
}
