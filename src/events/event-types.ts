import { DomainError } from '../common/domain-error.js';

/** The 20 events of Basset Hound, in the order in which the API lists them. */
export const EVENT_TYPES = [
  'entity.created',
  'entity.updated',
  'entity.deleted',
  'relationship.created',
  'relationship.updated',
  'relationship.deleted',
  'search.executed',
  'saved_search.executed',
  'report.generated',
  'report.scheduled',
  'import.started',
  'import.completed',
  'import.failed',
  'export.completed',
  'project.created',
  'project.deleted',
  'orphan.created',
  'orphan.linked',
  'system.health',
  'rate_limit.exceeded',
] as const;

/**
 * Event types that a consuming module adds, by declaration merging:
 * `declare module 'basset-hound-webhooks' { interface CustomEventTypes { 'case.closed': true } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface CustomEventTypes {}

/** An event type that `sendEvent` takes. */
export type EventType = (typeof EVENT_TYPES)[number] | Extract<keyof CustomEventTypes, string>;

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
