import type { NewEvent, RecordedEvent } from './new-event.js';

/** Events of one caller, recorded together or not at all. */
export interface Submission {
  /** Emptied when the caller no longer waits and they have not been written. */
  events: readonly NewEvent[];
  /** When it came, monotonic ms. */
  readonly since: number;
  /** The caller was refused: it is not to be written any more. */
  isWithdrawn: boolean;
  /** It may have been committed without our knowing. */
  isInDoubt: boolean;
}

export type SubmissionResult = readonly RecordedEvent[] | Error;

export function newSubmission(events: readonly NewEvent[], since: number): Submission {
  return { events, since, isWithdrawn: false, isInDoubt: false };
}
