import type { FormatEvent } from '../../../src/formats/format.js';
import { eventOf } from './events.js';

const MOST_LABEL = 64;
const MOST_VALUE = 256;

/**
 * An event of 25 facts, with labels and values of nothing but this character and as long as a message has them: together
 * more than a chat takes.
 *
 * @param first how long the first two values are: with each length something else is left for the last fact that is shown
 */
export function fillingEvent(character: string, first = MOST_VALUE, others = MOST_VALUE) {
  const fields = Array.from({ length: 25 }, (_, n) =>
    String.fromCharCode(97 + n).padEnd(MOST_LABEL, character),
  );
  const data = Object.fromEntries(
    fields.map((label, n) => [label, character.repeat(n < 2 ? first : others)]),
  );
  const event: FormatEvent = eventOf('entity.created', data);
  return { event, options: { fields } };
}

/** Each length that these may have. */
export const LENGTHS: readonly number[] = Array.from({ length: MOST_VALUE }, (_, n) => n + 1);
