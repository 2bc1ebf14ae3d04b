/** A webhook that was switched off or deleted, and of which deliveries of an earlier generation may still wait. */
export interface EndingBacklog {
  readonly webhookId: string;
  /** Deliveries below this one end. */
  readonly generation: number;
  readonly deleted: boolean;
}

/** Ends what waits for webhooks that were switched off. */
export abstract class BacklogRepository {
  abstract ending(): Promise<EndingBacklog[]>;
  /**
   * Ends at most `limit` deliveries that are due at `after` or later (RFC 3339).
   * @returns where the next batch goes on; null = there is nothing more
   */
  abstract endWaiting(
    backlog: EndingBacklog,
    reason: string,
    after: string,
    limit: number,
  ): Promise<string | null>;
  abstract ended(backlog: EndingBacklog): Promise<void>;
}
