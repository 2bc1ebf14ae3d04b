/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The real total of what the filter matches, not the page size. */
  readonly total: number;
  /** Opaque; null = this was the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** 1..100, default 50. */
  readonly limit: number;
  /** Id of the last item of the page before, already decoded. */
  readonly after?: string;
}
