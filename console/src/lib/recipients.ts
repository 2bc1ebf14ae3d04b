import { isMap } from '../../../src/common/json/is-map.js';
import { withData } from '../../../src/common/json/with-data.js';
import type { Match } from '../api/types.js';

/** What is wrong with the data of an event, as the API would see it. */
export function dataProblem(text: string): string | undefined {
  try {
    return isMap(JSON.parse(text)) ? undefined : 'It must be an object: { … }';
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}

/** The data that filters are asked about; undefined = it is no object yet, so nobody knows what those say. */
export const askedData = (text: string): string | undefined =>
  dataProblem(text) === undefined ? text : undefined;

/** The question as the API takes it. The data go along as they are written: numbers keep their digits. */
export function questionOf({ event, project, data }: Asked): string {
  const rest = { event, ...(project !== '' && { project_id: project }) };
  const asked = askedData(data);
  return asked === undefined ? JSON.stringify(rest) : withData(rest, asked);
}

/** What is to be sent. */
export interface Asked {
  readonly event: string;
  readonly project: string;
  /** As text; what is no object is not asked about. */
  readonly data: string;
}

type Named = Match['would_receive'][number];
type Left = Match['would_not'][number];

/** Who gets an event, who gets it if his filter wants it, and who does not. */
export interface Recipients {
  readonly will: readonly Named[];
  readonly willTotal: number;
  readonly may: readonly Named[];
  readonly not: readonly Left[];
  readonly notTotal: number;
}

/**
 * What an answer tells. Without data the service asks filters about an event that has none, which says nothing about one
 * that has.
 *
 * @param hasFilter of a webhook, by its id
 */
export function recipientsOf(
  match: Match,
  knowsData: boolean,
  hasFilter: (id: string) => boolean,
): Recipients {
  const isOpen = ({ webhook_id: id }: Named): boolean => !knowsData && hasFilter(id);
  const isLeftOpen = (one: Left): boolean => !knowsData && one.reason === 'filtered';
  const wanted = match.would_receive.filter(isOpen);
  const filtered = match.would_not.filter(isLeftOpen);
  return {
    will: match.would_receive.filter((one) => !isOpen(one)),
    willTotal: match.would_receive_total - wanted.length,
    may: [...wanted, ...filtered],
    not: match.would_not.filter((one) => !isLeftOpen(one)),
    notTotal: match.would_not_total - filtered.length,
  };
}
