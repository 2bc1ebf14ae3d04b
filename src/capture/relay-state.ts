import { Injectable, Optional } from '@nestjs/common';
import { messageOf } from '../common/caught.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';

/** What `GET /capture` and the metrics tell of the relay. */
@Injectable()
export class RelayState {
  lastError: string | null = null;

  constructor(@Optional() private readonly metrics: DeliveryMetrics = new NoMetrics()) {}

  looked(): void {
    this.lastError = null;
  }

  taken(rows: number): void {
    this.metrics.outboxTaken(rows);
  }

  rejected(rows: number): void {
    this.metrics.outboxRejected(rows);
  }

  failed(error: unknown): void {
    this.lastError = messageOf(error);
  }
}
