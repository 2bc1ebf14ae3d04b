import type { FormatEvent } from '../../src/formats/format.js';
import { eventOf, SAMPLE_EVENTS, type SampleEvent } from '../support/formats/events.js';

export type Sample = FormatEvent & Pick<SampleEvent, 'kind'>;

/** The sample events as the service may really have them: the project within the length that the API takes. */
export const EVENTS: readonly Sample[] = SAMPLE_EVENTS.map((event) => ({
  kind: event.kind,
  ...eventOf(event.event, event.data, { id: event.id, projectId: event.projectId?.slice(0, 100) ?? null }),
}));

/** A receiver may have a limit of its own; what is oversized is for the others. */
export const REASONABLE = EVENTS.filter(({ kind }) => kind !== 'oversized');
/** Events of a megabyte and more. */
export const LARGE = EVENTS.filter(({ kind }) => kind === 'oversized').slice(0, 3);

let turns = 0;

/** The same events as new ones: an id is taken once. */
export function anew(events: readonly Sample[]): readonly Sample[] {
  turns += 1;
  return events.map((event) => ({ ...event, id: `${event.id}.${turns}` }));
}

export const idsOf = (events: readonly FormatEvent[]): string[] => events.map(({ id }) => id).sort();

/** Halves of surrogate pairs are no text: what writes UTF-8 has the replacement character instead. */
export const wellFormed = (data: unknown): string =>
  JSON.stringify(JSON.parse(JSON.stringify(data).replace(/\\ud[89a-f]../g, '\\ufffd')));
