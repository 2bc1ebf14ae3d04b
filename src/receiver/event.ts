/** The event types of Basset Hound; a service may know more. */
export type EventType =
  | 'entity.created'
  | 'entity.updated'
  | 'entity.deleted'
  | 'relationship.created'
  | 'relationship.updated'
  | 'relationship.deleted'
  | 'search.executed'
  | 'saved_search.executed'
  | 'report.generated'
  | 'report.scheduled'
  | 'import.started'
  | 'import.completed'
  | 'import.failed'
  | 'export.completed'
  | 'project.created'
  | 'project.deleted'
  | 'orphan.created'
  | 'orphan.linked'
  | 'system.health'
  | 'rate_limit.exceeded';

/** The body of a request. `test` is what the test of a webhook sends; `string` is for types that a service adds. */
export interface WebhookPayload {
  readonly event: EventType | 'test' | (string & {});
  /** RFC 3339, UTC: when it happened. */
  readonly timestamp: string;
  readonly project_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An authentic request. `attempt` and `delivery` are not covered by the signature: use them for the log only. */
export interface ReceivedEvent {
  /** The same in every attempt: fold repeats by it. Of a request by `X-Webhook-Signature` alone: that signature. */
  readonly id: string;
  /** When this attempt was signed; null where no time was signed (`legacy`). */
  readonly timestamp: Date | null;
  readonly attempt: number;
  readonly delivery: string | null;
  readonly type: WebhookPayload['event'];
  readonly payload: WebhookPayload;
  /** The bytes that were signed. */
  readonly raw: Uint8Array;
}
