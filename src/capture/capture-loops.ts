import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Repetition } from '../common/rxjs/repetition.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { Repeater } from '../neo4j/repeater.js';
import { CaptureWatch } from './capture-watch.js';
import { OutboxRelay } from './outbox-relay.js';

/** What capture does by itself: it relays the outbox, and watches whether changes were missed. */
@Injectable()
export class CaptureLoops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: Repetition[] = [];

  constructor(
    private readonly relay: OutboxRelay,
    private readonly watch: CaptureWatch,
    private readonly repeater: Repeater,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.options.outbox) return;
    this.repeat(() => this.relay.look(), 'Outbox', 'The outbox could not be looked after');
    if (this.options.capture === 'off') return;
    this.repeat(() => this.watch.look(), 'Capture', 'The graph could not be scanned for what was missed');
  }

  /** Waits for the looks that are under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.watch.stop();
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  private repeat(look: () => Promise<number>, name: string, trouble: string): void {
    this.loops.push(this.repeater.repeat(look, { logger: new Logger(name), trouble }));
  }
}
