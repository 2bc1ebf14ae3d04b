import { Inject, Injectable } from '@nestjs/common';
import { nearest } from '../common/nearest.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { EVENT_TYPES } from './event-types.js';

export interface EventDescription {
  readonly event: string;
  readonly description: string;
}

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
  private readonly descriptions: ReadonlyMap<string, string>;

  constructor(@Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions) {
    const builtIn = EVENT_TYPES.map((event) => [event, describeEvent(event)] as const);
    const custom = options.eventTypes.map(
      ({ event, description }) => [event, description ?? describeEvent(event)] as const,
    );
    this.descriptions = new Map([...builtIn, ...custom]);
  }

  has(event: string): boolean {
    return this.descriptions.has(event);
  }

  /** The known type that was probably meant. */
  nearest(event: string): string | undefined {
    return nearest(event, this.descriptions.keys());
  }

  all(): EventDescription[] {
    return [...this.descriptions].map(([event, description]) => ({ event, description }));
  }

  /** `*`, or the first word of a known event followed by `.*`: what a subscription may name besides an event. */
  isPattern(pattern: string): boolean {
    if (pattern === '*') return true;
    if (!pattern.endsWith('.*')) return false;
    const prefix = pattern.slice(0, -1);
    return [...this.descriptions.keys()].some((event) => event.startsWith(prefix));
  }
}
