import { DomainError } from '../common/domain-error.js';
import type { Tracing } from '../common/tracing/tracing.js';
import type { EventRecorder } from './event-recorder.js';
import type { NewEvent, RecordedEvent } from './new-event.js';

/** Of an error: its message may quote what was sent. */
const nameOf = (error: unknown): string => (error instanceof DomainError ? error.code : 'error');

/** Records events as pieces of work; what lies in the graph is the place in the trace that deliveries follow from. */
export async function recordTraced(
  events: readonly NewEvent[],
  recorder: EventRecorder,
  tracing: Tracing,
): Promise<readonly RecordedEvent[]> {
  const works = events.map(({ event, traceparent = null }) => tracing.publish(event, traceparent));
  const placed = events.map((event, i) => ({ ...event, traceparent: works[i]?.traceparent ?? null }));
  try {
    const recorded = await recorder.record(placed);
    recorded.forEach(({ eventId, deliveryIds }, i) => {
      works[i]?.end({ 'basset.event_id': eventId, 'basset.deliveries': deliveryIds.length });
    });
    return recorded;
  } catch (error) {
    for (const work of works) work.end({ error: nameOf(error) });
    throw error;
  }
}
