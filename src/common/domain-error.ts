/** What kind of mistake a domain error is; only the HTTP filter knows what status that becomes. */
export type DomainErrorKind = 'invalid' | 'unprocessable' | 'not-found' | 'precondition' | 'unavailable';

/** One bad field: where it is, what is wrong, and a stable machine-readable type. */
export interface FieldError {
  /** For example `['body', 'events', 0]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** An error of the domain: a stable code, a sentence for the caller, no HTTP. */
export class DomainError extends Error {
  constructor(
    readonly kind: DomainErrorKind,
    /** Stable, for example `webhook_not_found`. */
    readonly code: string,
    message: string,
    readonly fields: readonly FieldError[] = [],
    /** Further members of the answer (RFC 9457, section 3.2). */
    readonly members: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
