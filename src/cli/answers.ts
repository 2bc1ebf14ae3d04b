/** As much of the answers of the API as the commands show. */
export interface WebhookAnswer {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly project_id: string | null;
  readonly retry_config: Readonly<Record<string, number>>;
  readonly has_secret: boolean;
  readonly secret?: string;
  readonly previous_secret_expires_at?: string | null;
  readonly locked: boolean;
  readonly last_triggered_at: string | null;
  readonly success_count: number;
  readonly failure_count: number;
  readonly disabled_reason: string | null;
  readonly failing_since: string | null;
  readonly consecutive_failures: number;
  readonly circuit: string;
  readonly missed_since: string | null;
}

export interface DeliveryAnswer {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly event: string;
  readonly payload: unknown;
  readonly status: 'pending' | 'sending' | 'success' | 'failed' | 'retrying';
  readonly attempts: number;
  readonly last_attempt_at: string | null;
  readonly next_retry_at: string | null;
  readonly response_code: number | null;
  readonly response_body: string | null;
  readonly error_message: string | null;
  readonly error_code?: string | null;
  readonly duration_ms: number | null;
  readonly created_at: string;
}

export interface ActivityAnswer {
  readonly webhook_id: string;
  readonly succeeded: number;
  readonly failed: number;
}

export interface Listed {
  readonly total: number;
  readonly total_capped?: boolean;
  readonly next_cursor: string | null;
}

export interface Recorded {
  readonly event_id: string;
  readonly delivery_ids: readonly string[];
}

export const hasEnded = ({ status }: DeliveryAnswer): boolean => status === 'success' || status === 'failed';
