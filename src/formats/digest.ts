import type { FormatOptions } from './format.js';

const ABOVE_BY_DEFAULT = 20;
/** Events that one digest stands for. */
export const MOST_IN_DIGEST = 500;

/** JSON Schema of the option `digest`, of every chat format. */
export const DIGEST_OPTION = {
  type: 'integer',
  minimum: 0,
  maximum: 400,
  default: ABOVE_BY_DEFAULT,
  description: `When more events than this wait, they come as one message: how many of which type, and the first titles. At most ${MOST_IN_DIGEST} events in one. 0: each event is a message of its own, however many wait.`,
} as const;

/** How many may wait without a digest; null = there is none. */
export function digestAbove({ digest }: FormatOptions): number | null {
  if (digest === 0) return null;
  return typeof digest === 'number' ? digest : ABOVE_BY_DEFAULT;
}
