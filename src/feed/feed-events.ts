/** What the feed tells, by the name of its events. Never bodies. */
export interface FeedEvents {
  readonly delivery: {
    readonly id: string;
    readonly webhook_id: string;
    readonly event_id: string;
    readonly event: string;
    readonly project_id: string | null;
    readonly status: 'success' | 'failed' | 'retrying';
    readonly attempts: number;
    readonly response_code: number | null;
    readonly error_message: string | null;
    readonly error_code: string | null;
    readonly duration_ms: number | null;
    readonly next_retry_at: string | null;
    readonly created_at: string;
  };
  readonly event: {
    readonly id: string;
    readonly event: string;
    readonly project_id: string | null;
    readonly deliveries: number;
  };
  readonly webhook: {
    readonly id: string;
    readonly deleted: boolean;
    readonly active: boolean;
    readonly circuit: 'closed' | 'open';
    readonly failing_since: string | null;
    readonly disabled_reason: string | null;
  };
  readonly changed: Readonly<Record<string, never>>;
  readonly lagging: { readonly dropped: number };
}
