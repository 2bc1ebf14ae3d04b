const MAX_ENTRIES = 10_000;

export interface UrlParts {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** @throws TypeError when it is not an absolute URL */
export function partsOf(url: string): UrlParts {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}

/** Origin and path of the URLs that were seen lately: to parse one costs more than to look it up. */
export class UrlCache {
  private readonly urls = new Map<string, UrlParts>();

  /** @throws TypeError when it is not an absolute URL */
  get(url: string): UrlParts {
    const known = this.urls.get(url);
    if (known) return known;
    const parts = partsOf(url);
    if (this.urls.size >= MAX_ENTRIES) this.urls.clear();
    this.urls.set(url, parts);
    return parts;
  }
}
