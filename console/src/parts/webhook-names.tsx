import { useMemo } from 'preact/hooks';
import { useWebhooks } from '../api/queries.js';
import type { Webhook } from '../api/types.js';

/** All webhooks by their ids. */
export function useWebhookNames(): ReadonlyMap<string, Webhook> {
  const webhooks = useWebhooks().data?.webhooks;
  return useMemo(() => new Map((webhooks ?? []).map((webhook) => [webhook.id, webhook])), [webhooks]);
}
