import { Global, Module } from '@nestjs/common';
import { DeliveryMetrics } from '../common/metrics/delivery-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { PrometheusMetrics } from './prometheus.metrics.js';
import { RequestMetrics } from './request-metrics.js';

/** Global, so that the delivery engine finds it; without it the engine counts for nobody. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [
    PrometheusMetrics,
    RequestMetrics,
    { provide: DeliveryMetrics, useExisting: PrometheusMetrics },
  ],
  exports: [DeliveryMetrics],
})
export class MetricsModule {}
