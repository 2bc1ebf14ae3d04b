import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { OutboxRepository, type OutboxStatus } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';

/** Who writes the changes of the graph into the outbox. */
export type CaptureWriter = 'plugin';

export interface CaptureStatus extends OutboxStatus {
  /** `off` by the setting; `inactive` = changes of the graph are not captured, although they should be. */
  readonly state: 'active' | 'inactive' | 'off';
  readonly writer: CaptureWriter | null;
}

const NOBODY =
  'Graph changes are not captured: this Neo4j has no basset-capture plugin. Put basset-capture.jar into its plugins ' +
  'folder and restart it, or set CAPTURE=off. Events by HTTP and WebhookOutbox nodes work without.';

/** Finds out whether changes of the graph are captured, and tells it at the start. */
@Injectable()
export class CaptureStatusService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Capture');

  constructor(
    private readonly repository: OutboxRepository,
    private readonly relay: RelayState,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.options.capture === 'off') return;
    const version = await this.repository.probePlugin();
    if (version === null) this.logger.warn(NOBODY);
    else this.logger.log(`Graph changes are captured by the plugin, version ${version}`);
  }

  async status(): Promise<CaptureStatus> {
    const [version, found] = await Promise.all([this.repository.probePlugin(), this.repository.status()]);
    const writer = version === null ? null : 'plugin';
    const state = this.options.capture === 'off' ? 'off' : writer === null ? 'inactive' : 'active';
    return { state, writer, ...found, lastError: this.relay.lastError ?? found.lastError };
  }
}
