/** What the exit status of a command says. */
export const EXIT = {
  done: 0,
  /** Done, but the outcome is bad: a delivery failed, something needs attention, an item was refused. */
  badOutcome: 1,
  usage: 2,
  notAllowed: 3,
  notFound: 4,
  refused: 5,
  unreachable: 6,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command: the sentence goes to stderr. */
export class CliError extends Error {
  constructor(
    readonly status: ExitStatus,
    message: string,
  ) {
    super(message);
  }
}

export const usage = (message: string): CliError => new CliError(EXIT.usage, message);
