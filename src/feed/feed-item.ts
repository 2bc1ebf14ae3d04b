import type { DeliveryStatus } from '../delivery/model/delivery.js';

export const TOPICS = ['deliveries', 'events', 'webhooks'] as const;
export type Topic = (typeof TOPICS)[number];

/** Something that happened. Its text is only made for those who get it, and once for all of them. */
export class FeedItem {
  private made: string | undefined;

  /**
   * @param name as `event:` of the stream
   * @param about what filters look at
   * @param fields what is told; never bodies
   */
  constructor(
    readonly name: string,
    readonly about: Subject,
    private readonly fields: () => object,
  ) {}

  get text(): string {
    return (this.made ??= eventText(this.name, this.fields()));
  }
}

/** What an item is about. */
export interface Subject {
  /** null = everybody gets it. */
  readonly topic: Topic | null;
  readonly webhookIds: readonly string[];
  /** The event type; undefined = it is about no event. */
  readonly event?: string;
  readonly projectId?: string | null;
  readonly status?: DeliveryStatus;
}

/** What a client wants to hear of; absent = all. */
export interface FeedFilter {
  readonly topics: ReadonlySet<Topic>;
  readonly webhookId?: string;
  readonly event?: string;
  readonly projectId?: string;
  readonly status?: DeliveryStatus;
}

/** One event of a stream, as the standard has it: JSON has no line breaks of its own. */
export function eventText(name: string, fields: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(fields)}\n\n`;
}

const fits = <T>(wanted: T | undefined, is: T | undefined): boolean =>
  wanted === undefined || is === undefined || wanted === is;

/** A filter is for what has such a property: a webhook has no status and belongs to no event. */
export function matches(filter: FeedFilter, { about }: FeedItem): boolean {
  if (about.topic === null) return true;
  return (
    filter.topics.has(about.topic) &&
    (filter.webhookId === undefined || about.webhookIds.includes(filter.webhookId)) &&
    fits(filter.event, about.event) &&
    (filter.projectId === undefined ||
      about.projectId === undefined ||
      about.projectId === filter.projectId) &&
    fits(filter.status, about.status)
  );
}
