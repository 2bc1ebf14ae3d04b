/** No answer came within the time that an attempt has. */
export class DeadlineError extends Error {
  constructor() {
    super('No answer in time');
    this.name = 'DeadlineError';
  }
}

/** The address that a request would have gone to is not one that may be called. */
export class PolicyError extends Error {
  constructor(host: string) {
    super(`${host} is not an address that may be called`);
    this.name = 'PolicyError';
  }
}

/** A receiver goes on and on with interim answers (1xx) instead of a real one. */
export class TooManyInterimAnswersError extends Error {
  constructor() {
    super('Nothing but interim answers');
    this.name = 'TooManyInterimAnswersError';
  }
}

export type NoAnswer = 'timed out' | 'refused by policy' | 'could not connect';

/**
 * All that a caller may learn of a request without an answer. What is no HTTP is not told from what is not there:
 * otherwise a webhook could be used to find out what listens where.
 */
export function reasonOf(error: unknown): NoAnswer {
  if (error instanceof DeadlineError) return 'timed out';
  if (error instanceof PolicyError) return 'refused by policy';
  return 'could not connect';
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

/**
 * The kind of an error and of what caused it, for the log. Without the messages: they quote addresses, headers and what
 * the receiver sent.
 */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const causes = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  const known = causes.filter((cause) => cause !== undefined);
  return known.length === 0 ? codeOf(error) : `${codeOf(error)} (${known.map(kindOf).join(', ')})`;
}
