import { get, query } from './call.js';
import { asQuery, type DeliveryFilter } from '../lib/delivery-filter.js';
import type { Delivery, DeliveryList, EventTypes, Info, Stats, Webhook, WebhookList } from './types.js';
import { useQuery } from './use-query.js';

/** What more than one page reads, each under one key. */
export const useInfo = () =>
  useQuery({ key: ['info'], read: (signal) => get<Info>('/info', signal), every: 60_000 });

export const stats = {
  key: ['stats'],
  read: (signal: AbortSignal) => get<Stats>('/webhooks/stats', signal),
};

export const useStats = () => useQuery({ ...stats, every: 15_000 });

export const webhooks = {
  key: ['webhooks'],
  read: (signal: AbortSignal) => get<WebhookList>('/webhooks', signal),
};

export const useWebhooks = () => useQuery({ ...webhooks, every: 30_000 });

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

const PAGE = 50;

/** One page of the log. "Last hour" ends when it is read, not when the page was opened. */
export const deliveriesOf = (filter: DeliveryFilter) => ({
  key: ['deliveries', filter],
  read: (signal?: AbortSignal) => readDeliveries({ ...asQuery(filter, Date.now()), limit: PAGE }, signal),
});

export const unfinished = ({ status }: Pick<Delivery, 'status'>): boolean =>
  status !== 'success' && status !== 'failed';
