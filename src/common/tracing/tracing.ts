/** A piece of work that is told of when it ends. */
export interface Work {
  /** What is to be sent along with what follows from it; null = there is no trace. */
  readonly traceparent: string | null;
  /** Whether it is told of, and what follows from it may be. */
  readonly isTraced: boolean;
  end(facts?: Facts): void;
}

/** Attributes, by their names in OpenTelemetry, that are known when a work ends; `error` says that it went wrong, and how. */
export interface Facts {
  readonly error?: string | null;
  readonly [attribute: string]: string | number | null | undefined;
}

/** One attempt, as its span tells of it: no path of a URL, no body. */
export interface AttemptFacts {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Scheme, host and port that it goes to. */
  readonly destination: string;
}

/**
 * Who is told of the way of an event. Places in a trace are texts (traceparent), because they come by HTTP and lie in the
 * graph. Where nobody wants to be told there is `NoTracing`: what came is sent on as it came.
 */
export abstract class Tracing {
  /** Whether anybody is told. */
  abstract readonly isOn: boolean;
  /** A request of somebody whose trace this is; null = of somebody without one. */
  abstract serve(name: string, parent: string | null): Work;
  /** An event is taken. */
  abstract publish(event: string, parent: string | null): Work;
  /** A request to a receiver. */
  abstract deliver(attempt: AttemptFacts, parent: string): Work;
}

function nothing(): void {
  // Nobody is told.
}

/** What begins no trace and belongs to none: most of all work where few are recorded. */
const UNTRACED: Work = Object.freeze({ traceparent: null, isTraced: false, end: nothing });

/** A work that nobody is told of: its parent is sent on as it came. */
export const untraced = (parent: string | null): Work =>
  parent === null ? UNTRACED : { traceparent: parent, isTraced: false, end: nothing };

export class NoTracing extends Tracing {
  override readonly isOn = false;

  override serve(_name: string, parent: string | null): Work {
    return untraced(parent);
  }

  override publish(_event: string, parent: string | null): Work {
    return untraced(parent);
  }

  override deliver(_attempt: AttemptFacts, parent: string): Work {
    return untraced(parent);
  }
}
