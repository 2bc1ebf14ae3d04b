import { Inject, Injectable } from '@nestjs/common';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { RateGate, type UseTurn } from './rate-gate.js';

/** DI token of the RxJS scheduler that the engine waits on; tests put a virtual one in its place. */
export const SCHEDULER = Symbol('SCHEDULER');
export const schedulerProvider = { provide: SCHEDULER, useValue: asyncScheduler };

const SWEEP_ABOVE = 1000;

/**
 * The outbound throttle: one gate for each destination (scheme, host and port), because it protects the external service.
 * The limit is that of all instances together: each takes the part that falls to it, whether the others need theirs or not.
 */
@Injectable()
export class DestinationThrottle {
  private readonly gates = new Map<string, RateGate>();

  constructor(
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
    private readonly clock: Clock,
    private readonly lease: InstanceLease,
  ) {}

  /** Whether every request may start at once. */
  get isOff(): boolean {
    return this.options.maxRequestsPerSecond === 0;
  }

  /** Asks for one turn at a destination; see `RateGate.request`. */
  request(destination: string, use: UseTurn): () => void {
    return this.gate(destination).request(use);
  }

  /** ms until whoever asks now has a turn. */
  waitMs(destination: string): number {
    return this.gates.get(destination)?.waitMs ?? 0;
  }

  private gate(destination: string): RateGate {
    let gate = this.gates.get(destination);
    if (!gate) {
      if (this.gates.size >= SWEEP_ABOVE) this.forgetIdle();
      const share = (): number => this.options.maxRequestsPerSecond / this.lease.instances;
      gate = new RateGate(share, this.scheduler, () => this.clock.monotonic());
      this.gates.set(destination, gate);
    }
    return gate;
  }

  private forgetIdle(): void {
    for (const [destination, gate] of this.gates) if (gate.isIdle) this.gates.delete(destination);
  }
}
