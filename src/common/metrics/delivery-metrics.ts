/** Why the service switched a webhook off by itself. */
export type DeactivationCause = 'failing' | 'gone' | 'project_deleted';

/** How a delivery was found where nobody would have looked for it. */
export type Breach = 'no_place' | 'unregistered_claim';

/** What the delivery engine tells of its work; an application that wants no metrics binds `NoMetrics`. */
export abstract class DeliveryMetrics {
  /** Events that are on disk. */
  abstract eventsAccepted(count: number): void;
  /** A request to a receiver came to its end. */
  abstract attempted(outcome: 'success' | 'failed' | 'retrying', seconds: number): void;
  /** How an answer was taken; `format` and `outcome` are of short lists. */
  abstract interpreted(format: string, outcome: string): void;
  /** A transaction of a recorder. */
  abstract committed(recorder: 'events' | 'outcomes', size: number, seconds: number): void;
  /** A webhook was switched off. */
  abstract deactivated(cause: DeactivationCause): void;
  /** Deliveries that had fallen out of the queue, and were put back. */
  abstract mended(breach: Breach, count: number): void;
  /** Deliveries that failed in an outage and were queued again by themselves. */
  abstract requeued(count: number): void;
  /** A value that is asked for when the metrics are read. */
  abstract gauge(
    name: 'in_flight' | 'held' | 'backlog' | 'open_breakers',
    read: () => number | Promise<number>,
  ): void;
}

export class NoMetrics extends DeliveryMetrics {
  override eventsAccepted(): void {
    // Nobody asked.
  }

  override attempted(): void {
    // Nobody asked.
  }

  override interpreted(): void {
    // Nobody asked.
  }

  override committed(): void {
    // Nobody asked.
  }

  override deactivated(): void {
    // Nobody asked.
  }

  override mended(): void {
    // Nobody asked.
  }

  override requeued(): void {
    // Nobody asked.
  }

  override gauge(): void {
    // Nobody asked.
  }
}
