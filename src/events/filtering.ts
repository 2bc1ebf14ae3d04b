import { contextOf } from '../formats/filter/filter.js';
import { severityOf } from '../formats/severity.js';
import type { Endpoint } from '../delivery/model/endpoint.js';
import type { NewEvent } from './new-event.js';

type Filtered = Pick<NewEvent, 'event' | 'projectId' | 'dataJson'>;

/** Of the webhooks that an event matches those whose filter wants it. Its data are parsed only where somebody asks. */
export function wantedBy(
  targets: readonly Endpoint[],
  { event, projectId, dataJson }: Filtered,
): readonly Endpoint[] {
  if (!targets.some(({ filter }) => filter !== null)) return targets;
  const data = JSON.parse(dataJson) as Record<string, unknown>;
  const severity = severityOf({ event, data });
  const context = contextOf({ event, project_id: projectId, data, severity });
  return targets.filter(({ filter }) => filter === null || filter.matches(context));
}
