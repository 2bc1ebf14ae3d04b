import type { Page, PageRequest } from '../../common/page.js';
import type { Delivery, DeliveryStatus } from '../../delivery/model/delivery.js';

/** What a list of deliveries is narrowed to; absent = no filter. */
export interface DeliveryFilter {
  readonly webhookId?: string;
  readonly status?: DeliveryStatus;
  readonly event?: string;
  readonly projectId?: string;
  /** RFC 3339: created at or after. */
  readonly since?: string;
  /** RFC 3339: created before. */
  readonly until?: string;
}

export interface ListOptions {
  /** Whether the deliveries come with their bodies, of which a page holds 4 MiB at most. @default true */
  readonly bodies?: boolean;
}

/** A page of the log. */
export interface DeliveryPage extends Page<Delivery> {
  /** Whether there are more than `total`: what no counter is kept for is counted up to 10,000 only. */
  readonly totalCapped: boolean;
}

/** Counts over all webhooks, maintained with each write, never scanned. */
export interface DeliveryStatistics {
  readonly totalEvents: number;
  readonly successfulDeliveries: number;
  readonly failedDeliveries: number;
  readonly retriedDeliveries: number;
  /** pending, sending and retrying. */
  readonly pendingDeliveries: number;
}

/** The log of deliveries, read only. */
export abstract class DeliveryLog {
  abstract findById(id: string): Promise<Delivery | null>;
  abstract list(filter: DeliveryFilter, page: PageRequest, options?: ListOptions): Promise<DeliveryPage>;
  abstract statistics(): Promise<DeliveryStatistics>;
}
