import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DeliveryEngine } from '../engine/delivery-engine.js';

/** An instance whose deliveries have died takes events that it will never send. */
@Injectable()
export class DeliveryHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly engine: DeliveryEngine,
  ) {}

  check<K extends string>(key: K): HealthIndicatorResult<K> {
    const indicator = this.indicators.check(key);
    return this.engine.hasDied ? indicator.down('stopped working') : indicator.up();
  }
}
