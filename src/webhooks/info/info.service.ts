import { Inject, Injectable } from '@nestjs/common';
import { VERSION } from '../../common/version.js';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CaptureStatusService } from '../../capture/capture-status.js';
import type { InfoDto } from '../dto/info.dto.js';
import { InfoRepository } from './info.neo4j.repository.js';

/** What is the same for every caller. */
export type Facts = Omit<InfoDto, 'caller' | 'read_only'>;

/** What runs here, and the limits that its records have to be read with; no addresses. */
@Injectable()
export class InfoService {
  private readonly startedAt: number;

  constructor(
    private readonly repository: InfoRepository,
    private readonly capture: CaptureStatusService,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {
    this.startedAt = clock.monotonic();
  }

  async facts(): Promise<Facts> {
    const [server, instances, capture] = await Promise.all([
      this.repository.server(),
      this.repository.instances(),
      this.capture.recently(),
    ]);
    const { options } = this;
    return {
      version: VERSION,
      node: process.versions.node,
      neo4j: { ...server, embedded: options.neo4j === undefined },
      instances: instances.map(({ host, startedAt }) => ({ host, started_at: startedAt })),
      capture,
      uptime_seconds: Math.floor((this.clock.monotonic() - this.startedAt) / 1000),
      limits: {
        delivery_timeout_seconds: options.deliveryTimeoutSeconds,
        disable_after_days: options.disableAfterDays,
        disable_after_failures: options.disableAfterFailures,
        breaker_max_pause_seconds: options.breakerMaxPauseSeconds,
        max_deliveries: options.maxDeliveries,
        max_event_bytes: options.maxEventBytes,
      },
    };
  }
}
