import type { Submission, SubmissionResult } from './new-event.js';

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Each submission with what was written of it; where that is nothing, it stays open. */
export function keepResults(
  submissions: readonly Submission[],
  written: readonly SubmissionResult[],
  results: Map<Submission, SubmissionResult>,
): void {
  for (const [i, submission] of submissions.entries()) {
    const result = written[i];
    if (result) results.set(submission, result);
  }
}
