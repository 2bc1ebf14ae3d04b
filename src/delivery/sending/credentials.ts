/** What an attempt is signed and authorised with, in the clear: lives as long as the attempt. */
export interface Credentials {
  /** Signing secrets, newest first. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What is shown instead of a credential. */
export const HIDDEN = '***';

const CREDENTIAL = /authorization|cookie|token|key|secret/i;

/** Shorter ones would hide parts of ordinary words. */
const MIN_LENGTH = 8;

/** Whether the value of a header of this name is nobody else's business. */
export function isCredential(name: string): boolean {
  return CREDENTIAL.test(name);
}

/** The value, and what stands behind its scheme: of `Bearer x` also `x`. */
function wordsOf(value: string): string[] {
  const space = value.indexOf(' ');
  return space < 0 ? [value] : [value, value.slice(space + 1)];
}

/**
 * A text without the credentials. A receiver that echoes its request, as many do for debugging, would otherwise put
 * them into the log, where analysts read.
 */
export function hideCredentials(text: string, { secrets, headers }: Credentials): string {
  if (text === '') return text;
  const values = Object.entries(headers).flatMap(([name, value]) =>
    isCredential(name) ? wordsOf(value) : [],
  );
  return [...secrets, ...values]
    .filter((value) => value.length >= MIN_LENGTH)
    .reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
}
