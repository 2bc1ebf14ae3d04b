import type { UrlFindings } from './format.js';

/** Puts together what is wrong and what is worth knowing: each sentence, or undefined where there is nothing to say. */
export const findings = (
  problems: readonly (string | undefined)[],
  warnings: readonly (string | undefined)[] = [],
): UrlFindings => ({
  problems: problems.filter((sentence) => sentence !== undefined),
  warnings: warnings.filter((sentence) => sentence !== undefined),
});

/** `sentence` unless the path ends as it should. */
export const unlessPath = (url: URL, rule: RegExp, sentence: string): string | undefined =>
  rule.test(url.pathname) ? undefined : sentence;

/** `sentence` unless the webhook has a header of this name. */
export const unlessHeader = (names: readonly string[], name: string, sentence: string): string | undefined =>
  names.some((other) => other.toLowerCase() === name) ? undefined : sentence;

/** The URL as it is, byte for byte, with more at the end of its query; what it has already stays. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const present = new URL(url).searchParams;
  const added = Object.entries(query)
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  if (added.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${added.join('&')}`;
}
