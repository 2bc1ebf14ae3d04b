import { Inject, Injectable } from '@nestjs/common';
import { nearest } from '../common/nearest.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { EVENT_TYPES } from './event-types.js';
import { PAYLOADS } from './payload-schemas.js';

export interface EventDescription {
  readonly event: string;
  readonly description: string;
  /** JSON Schema of its `data`. */
  readonly schema: object;
  /** What its `data` may look like. */
  readonly example: object;
}

/** Of an event of which nobody has said more. */
const ANY = { schema: { type: 'object' }, example: {} };

/** `saved_search.executed` → `Saved Search Executed`. */
export function describeEvent(event: string): string {
  return event
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/** The event types that this service knows: the built-in 20 and those that the consumer registered. */
@Injectable()
export class EventCatalog {
  private readonly descriptions: ReadonlyMap<string, EventDescription>;

  constructor(@Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions) {
    const builtIn = EVENT_TYPES.map((event) => ({
      ...{ event, description: describeEvent(event) },
      ...PAYLOADS[event],
    }));
    const custom = options.eventTypes.map(({ event, description, schema, example }) => ({
      ...{ event, description: description ?? describeEvent(event) },
      ...{ schema: schema ?? ANY.schema, example: example ?? ANY.example },
    }));
    this.descriptions = new Map([...builtIn, ...custom].map((one) => [one.event, one]));
  }

  has(event: string): boolean {
    return this.descriptions.has(event);
  }

  /** The known type that was probably meant. */
  nearest(event: string): string | undefined {
    return nearest(event, this.descriptions.keys());
  }

  all(): EventDescription[] {
    return [...this.descriptions.values()];
  }

  /** `*`, or the first word of a known event followed by `.*`: what a subscription may name besides an event. */
  isPattern(pattern: string): boolean {
    if (pattern === '*') return true;
    if (!pattern.endsWith('.*')) return false;
    const prefix = pattern.slice(0, -1);
    return [...this.descriptions.keys()].some((event) => event.startsWith(prefix));
  }
}
