/** Why the service switched a webhook off by itself. */
export type DeactivationCause = 'failing' | 'gone' | 'project_deleted';

/** How a delivery was found where nobody would have looked for it. */
export type Breach = 'no_place' | 'unregistered_claim';

/** What came back from a receiver. */
export type AnswerClass = '2xx' | '3xx' | '4xx' | '5xx' | 'timed_out' | 'no_connection' | 'policy';

/** What came back from a receiver, and what the format of the webhook made of it; all three are of short lists. */
export interface Answered {
  readonly answer: AnswerClass;
  readonly format: string;
  readonly outcome: string;
}

/** In what state webhooks are. */
export type WebhookState = 'active' | 'inactive' | 'failing' | 'disabled' | 'locked';

export type GaugeName =
  | 'in_flight'
  | 'held'
  | 'backlog'
  | 'open_breakers'
  | 'feed_clients'
  | 'oldest_due_seconds'
  | 'outbox_waiting'
  | 'outbox_oldest_seconds'
  | 'capture_gap_seconds'
  | 'neo4j_up'
  | 'instances';

/** What the delivery engine tells of its work; an application that wants no metrics binds `NoMetrics`. */
export abstract class DeliveryMetrics {
  /** Events that are on disk. */
  abstract eventsAccepted(count: number): void;
  /** A request to a receiver came to its end. */
  abstract attempted(outcome: 'success' | 'failed' | 'retrying', seconds: number): void;
  /** A transaction of a recorder. */
  abstract committed(recorder: 'events' | 'outcomes', size: number, seconds: number): void;
  /** A webhook was switched off. */
  abstract deactivated(cause: DeactivationCause): void;
  /** Deliveries that had fallen out of the queue, and were put back. */
  abstract mended(breach: Breach, count: number): void;
  /** Deliveries that failed in an outage and were queued again by themselves. */
  abstract requeued(count: number): void;
  /** Somebody called without an API key, or with one that is not listed. */
  abstract loginRefused(reason: 'missing' | 'wrong'): void;
  /** A client of the feed took nothing any more, and was let go of. */
  abstract feedDropped(): void;
  /** A webhook waited so long for its turn at a destination. */
  abstract waitedForTurn(seconds: number): void;
  /** A request to a receiver: what came back, and how it was taken. */
  abstract answered(answered: Answered): void;
  /** A delivery arrived or was given up, so long after it was accepted. */
  abstract finished(outcome: 'success' | 'failed', seconds: number): void;
  /** Others took this instance for dead. */
  abstract leaseLost(): void;
  /** Deliveries of an instance that had stopped went back to the queue. */
  abstract claimsTakenOver(count: number): void;
  /** Records that were removed because the log is full or old. */
  abstract evicted(count: number): void;
  /** Rows of the outbox became events. */
  abstract outboxTaken(rows: number): void;
  /** Rows of the outbox were set aside. */
  abstract outboxRejected(rows: number): void;
  /** A value that is asked for when the metrics are read. */
  abstract gauge(name: GaugeName, read: () => number | Promise<number>): void;
  /** How many webhooks are in which state; asked for when the metrics are read. */
  abstract webhooks(read: () => Promise<Readonly<Record<WebhookState, number>>>): void;
}

export class NoMetrics extends DeliveryMetrics {
  override eventsAccepted(): void {
    // Nobody asked.
  }

  override attempted(): void {
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

  override loginRefused(): void {
    // Nobody asked.
  }

  override feedDropped(): void {
    // Nobody asked.
  }

  override waitedForTurn(): void {
    // Nobody asked.
  }

  override gauge(): void {
    // Nobody asked.
  }

  override answered(): void {
    // Nobody asked.
  }

  override finished(): void {
    // Nobody asked.
  }

  override leaseLost(): void {
    // Nobody asked.
  }

  override claimsTakenOver(): void {
    // Nobody asked.
  }

  override evicted(): void {
    // Nobody asked.
  }

  override outboxTaken(): void {
    // Nobody asked.
  }

  override outboxRejected(): void {
    // Nobody asked.
  }

  override webhooks(): void {
    // Nobody asked.
  }
}
