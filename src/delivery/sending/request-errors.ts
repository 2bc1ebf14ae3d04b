import { TimeoutError } from 'rxjs';

/** The address that a request would have gone to is not one that may be called. */
export class PolicyError extends Error {
  constructor(host: string) {
    super(`${host} is not an address that may be called`);
    this.name = 'PolicyError';
  }
}

/** There was an answer, but not one of HTTP: garbage, too long headers, or it broke off. */
export class InvalidResponseError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'InvalidResponseError';
  }
}

export type NoAnswer = 'timed out' | 'refused by policy' | 'invalid response' | 'could not connect';

/** All that a caller may learn of a request without an answer; the details are for the log. */
export function reasonOf(error: unknown): NoAnswer {
  if (error instanceof TimeoutError) return 'timed out';
  if (error instanceof PolicyError) return 'refused by policy';
  if (error instanceof InvalidResponseError) return 'invalid response';
  return 'could not connect';
}
