import type { EventFilter } from '../../formats/filter/filter.js';
import type { Format, FormatOptions } from '../../formats/format.js';
import type { RetryConfig } from './delivery.js';
import { digestAbove, MOST_IN_DIGEST } from '../../formats/digest.js';

/** When deliveries of one webhook share a request. */
export interface Grouping {
  /** `batch`: several events in one request; `digest`: one message about many. */
  readonly kind: 'batch' | 'digest';
  /** Where fewer wait, each goes alone. */
  readonly atLeast: number;
  readonly atMost: number;
  /** Of the events' own bodies. */
  readonly maxBytes: number;
}

const MIB = 1024 * 1024;

/** What a format and its options say of it; null = each delivery goes alone. */
export function groupingOf(format: Format, options: FormatOptions): Grouping | null {
  if (format.batch) {
    const { maxBytes } = format.batch;
    const atMost = format.batch.maxEvents(options);
    return atMost < 2 ? null : { kind: 'batch', atLeast: 2, atMost, maxBytes };
  }
  const above = 'renderDigest' in format ? digestAbove(options) : null;
  if (above === null) return null;
  return { kind: 'digest', atLeast: above + 1, atMost: MOST_IN_DIGEST, maxBytes: 8 * MIB };
}

/** A signing secret as it lies in the graph: encrypted. */
export interface SealedSecret {
  readonly sealed: string;
  /** Wall clock, ms: from then on it signs no more. `Infinity` = it is the present one. */
  readonly until: number;
}

/** How the events of a webhook are sent, where that is not as they are. */
export interface Rendering {
  readonly format: Format;
  /** Those that are no secret. */
  readonly options: FormatOptions;
  /** null = each delivery goes alone. */
  readonly grouping: Grouping | null;
}

/** How fast requests may follow each other, below the throttle of the destination. */
export interface Pace {
  /** Whatever has the same key shares it. */
  readonly key: string;
  readonly perSecond: number;
  /** So many may go at once after a rest. */
  readonly burst: number;
}

/** A webhook as the delivery engine sees it. What is secret stays encrypted and is opened for each attempt. */
export interface Endpoint {
  readonly webhookId: string;
  /** As it is shown: where the URL is a secret, the true one is in `formatSecrets`. */
  readonly url: string;
  readonly name: string;
  /** scheme://host:port, the key of the throttle. */
  readonly destination: string;
  readonly active: boolean;
  /** How often it was switched off. A delivery of an earlier generation is over, also when the webhook is on again. */
  readonly generation: number;
  readonly projectId: string | null;
  /** Other names of that project in the graph: Basset Hound uses `id` and `safe_name` interchangeably. */
  readonly projectAliases: readonly string[];
  /** Known event types and patterns (`*`, `entity.*`). */
  readonly events: readonly string[];
  /** Of the events that match, those that it wants; null = all. */
  readonly filter: EventFilter | null;
  /** Newest first; during a rotation the former one signs along; empty = unsigned. */
  readonly secrets: readonly SealedSecret[];
  /** Its own headers, encrypted as one text; null = none. */
  readonly headers: string | null;
  /** null = `basset`: the event's own body, as it is. */
  readonly rendering: Rendering | null;
  /** The true URL and the secret options of its format, encrypted as one text; null = none. */
  readonly formatSecrets: string | null;
  /** Another text whenever the true URL, the format or its options are others; null = they never were. */
  readonly identity: string | null;
  /** null = only the throttle of the destination. */
  readonly pace: Pace | null;
  /** No listed key opens its secrets or headers: what it is to get waits until the key is back. */
  readonly locked: boolean;
  readonly retry: RetryConfig;
}

/** One request to be made: the same bytes for every attempt of an event. */
export interface OutboundAttempt {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly event: string;
  readonly body: Buffer;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Sent along as it is; null = nothing is. */
  readonly traceparent: string | null;
  readonly endpoint: Endpoint;
}
