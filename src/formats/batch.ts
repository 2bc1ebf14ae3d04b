import type { FormatOptions, RenderedRequest } from './format.js';

const BY_DEFAULT = 100;

/** JSON Schema of the option `batch`, of every format whose receiver takes several events in one request. */
export const BATCH_OPTION = {
  type: 'integer',
  minimum: 1,
  maximum: 1000,
  default: BY_DEFAULT,
  description: 'Events in one request at most, when so many wait; 1: each event is a request of its own.',
} as const;

export const batchOf = ({ batch }: FormatOptions): number => (typeof batch === 'number' ? batch : BY_DEFAULT);

/** The requests of one webhook differ in their bodies only. */
function joined(requests: readonly RenderedRequest[], body: Buffer): RenderedRequest {
  const [first] = requests;
  if (!first) throw new Error('There is nothing to join');
  return { ...first, body, truncated: requests.some(({ truncated }) => truncated) };
}

/** Bodies that simply follow each other. */
export const joinBodies = (requests: readonly RenderedRequest[]): RenderedRequest =>
  joined(requests, Buffer.concat(requests.map(({ body }) => body)));

/**
 * Bodies that are a list in a frame, each of one item: one frame with all items. They were serialised by us, and the
 * frame is the same for all, so nothing that stands in an item is looked at.
 *
 * @param opening how the frame ends before its list, such as `"streams":[`
 * @param closing what follows the list, to the end
 */
export function joinLists(
  requests: readonly RenderedRequest[],
  opening: string,
  closing: string,
): RenderedRequest {
  const start = (requests[0]?.body.indexOf(opening) ?? -1) + opening.length;
  if (start < opening.length) throw new Error(`A body is no frame with ${opening}`);
  const frame = requests[0]?.body.subarray(0, start) ?? Buffer.alloc(0);
  const comma = Buffer.from(',');
  const items = requests.flatMap(({ body }, n) => {
    const item = body.subarray(start, body.length - closing.length);
    return n === 0 ? [item] : [comma, item];
  });
  return joined(requests, Buffer.concat([frame, ...items, Buffer.from(closing)]));
}
