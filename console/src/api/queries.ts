import { get, query } from './call.js';
import type { Delivery, DeliveryList, EventTypes, Info, Stats, Webhook, WebhookList } from './types.js';
import { useQuery } from './use-query.js';

/** What more than one page reads, each under one key. */
export const useInfo = () =>
  useQuery({ key: ['info'], read: (signal) => get<Info>('/info', signal), every: 60_000 });

export const useStats = () =>
  useQuery({ key: ['stats'], read: (signal) => get<Stats>('/webhooks/stats', signal), every: 15_000 });

export const useWebhooks = () =>
  useQuery({ key: ['webhooks'], read: (signal) => get<WebhookList>('/webhooks', signal), every: 30_000 });

export const useWebhook = (id: string, enabled = true) =>
  useQuery({
    key: ['webhook', id],
    read: (signal) => get<Webhook>(`/webhooks/${encodeURIComponent(id)}`, signal),
    every: 30_000,
    enabled,
  });

export const useEventTypes = () =>
  useQuery({
    key: ['event-types'],
    read: (signal) => get<EventTypes>('/webhooks/events', signal),
    still: true,
  });

export const readDeliveries = (
  filter: Readonly<Record<string, string | number | undefined>>,
  signal?: AbortSignal,
): Promise<DeliveryList> =>
  get<DeliveryList>(`/webhooks/deliveries${query({ payload: 'false', ...filter })}`, signal);

export const unfinished = ({ status }: Pick<Delivery, 'status'>): boolean =>
  status !== 'success' && status !== 'failed';
