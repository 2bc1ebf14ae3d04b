import { messageOf } from '../common/caught.js';
import { DomainError } from '../common/domain-error.js';
import type { NewEvent } from '../events/new-event.js';
import { eventErrors, isGood, type EventInput, type EventIntake } from '../events/event-intake.js';
import type { Emission } from './outbox.neo4j.repository.js';

const PLACE = ['row'] as const;

function dataOf(text: unknown): unknown {
  if (text === undefined || text === null) return {};
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DomainError('unprocessable', 'validation', `data must be JSON text: ${messageOf(error)}`);
  }
}

/**
 * The event that a `WebhookOutbox` node asks for: the rules of `POST /events`, with `data` as JSON text.
 *
 * @throws DomainError that says what is wrong with it
 */
export function eventOf({ given }: Emission, intake: EventIntake, maxBytes: number): NewEvent {
  const input: EventInput = { ...given, data: dataOf(given['data']) };
  const errors = eventErrors(input, PLACE);
  if (!isGood(input, errors)) {
    const [first] = errors;
    throw new DomainError('unprocessable', 'validation', `${String(first?.loc.at(-1))} ${first?.msg}`);
  }
  const dataJson = typeof given['data'] === 'string' ? given['data'].trim() : '{}';
  if (Buffer.byteLength(dataJson) > maxBytes) {
    throw new DomainError('unprocessable', 'validation', `data must be at most ${maxBytes} bytes`);
  }
  return intake.accept(input, dataJson, null, PLACE);
}
