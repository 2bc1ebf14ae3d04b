import { DomainError } from '../common/domain-error.js';
import type { NewEvent } from '../events/new-event.js';
import { eventErrors, type EventInput, type EventIntake } from '../events/event-intake.js';
import type { Emission } from './outbox.neo4j.repository.js';

const PLACE = ['row'] as const;

function dataOf(text: unknown): unknown {
  if (text === undefined || text === null) return {};
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DomainError(
      'unprocessable',
      'validation',
      `data must be JSON text: ${(error as Error).message}`,
    );
  }
}

/**
 * The event that a `WebhookOutbox` node asks for: the rules of `POST /events`, with `data` as JSON text.
 *
 * @throws DomainError that says what is wrong with it
 */
export function eventOf({ given }: Emission, intake: EventIntake, maxBytes: number): NewEvent {
  const input: EventInput = { ...given, data: dataOf(given['data']) };
  const [error] = eventErrors(input, PLACE);
  if (error) {
    throw new DomainError('unprocessable', 'validation', `${String(error.loc.at(-1))} ${error.msg}`);
  }
  const dataJson = typeof given['data'] === 'string' ? given['data'].trim() : '{}';
  if (Buffer.byteLength(dataJson) > maxBytes) {
    throw new DomainError('unprocessable', 'validation', `data must be at most ${maxBytes} bytes`);
  }
  return intake.accept(input, dataJson, null, PLACE);
}
