import { isMap } from '../../../src/common/json/is-map.js';
import type { Match } from '../api/types.js';

/** What filters may be asked about: longer data would not get through every proxy, in a URL. Bytes as encoded. */
const LONGEST = 4_096;

/** What is wrong with the data of an event, as the API would see it. */
export function dataProblem(text: string): string | undefined {
  try {
    return isMap(JSON.parse(text)) ? undefined : 'It must be an object: { … }';
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}

/** The data that filters are asked about; undefined = they cannot be, so nobody knows what those say. */
export function askedData(text: string): string | undefined {
  const isShort = text.length <= LONGEST && new URLSearchParams({ data: text }).toString().length <= LONGEST;
  return isShort && dataProblem(text) === undefined ? text : undefined;
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
