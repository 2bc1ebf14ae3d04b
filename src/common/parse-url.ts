/**
 * A text as an absolute URL (WHATWG); undefined when it is none. Not by `URL.canParse`: that of Node 20, once it is
 * called often enough to be compiled, refuses good URLs with letters such as ü.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
