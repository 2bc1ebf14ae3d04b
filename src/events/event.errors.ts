import { DomainError } from '../common/domain-error.js';

/**
 * `detail` is the sentence that tools know; the way out stands in `errors`.
 *
 * @param loc where it stands
 * @param meant the known type that is nearest
 */
export function invalidEventType(
  value: string,
  loc: readonly (string | number)[],
  meant?: string,
): DomainError {
  const detail = `Invalid event type: ${value}`;
  const guess = meant === undefined ? '' : `did you mean ${meant}? `;
  const msg = `${detail}; ${guess}GET /webhooks/events lists them`;
  return new DomainError('invalid', 'invalid_event_type', detail, [{ loc, msg, type: 'invalid_event_type' }]);
}
