import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApocCapture } from './apoc-capture.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/domain-error.js';
import { FreshAnswer } from '../common/fresh-answer.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { KnownRepository } from './known.neo4j.repository.js';
import { OutboxRepository, type OutboxStatus } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';

/** Who writes the changes of the graph into the outbox. */
export type CaptureWriter = 'plugin' | 'apoc';

export interface CaptureState {
  /** `off` by the setting; `inactive` = changes of the graph are not captured, although they should be. */
  readonly state: 'active' | 'inactive' | 'off';
  readonly writer: CaptureWriter | null;
}

export interface CaptureStatus extends CaptureState, OutboxStatus {}

const NOBODY =
  'Graph changes are not captured: this Neo4j has no basset-capture plugin. Put basset-capture.jar into its plugins ' +
  'folder and restart it, set CAPTURE=apoc where APOC is installed, or CAPTURE=off. Events by HTTP and WebhookOutbox ' +
  'nodes work without.';
/** For those who only want to know whether it is on. */
const FRESH_MS = 10_000;

/** Finds out whether changes of the graph are captured, and tells it at the start. */
@Injectable()
export class CaptureStatusService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Capture');
  private readonly recent: FreshAnswer<CaptureState>;

  constructor(
    private readonly repository: OutboxRepository,
    private readonly known: KnownRepository,
    private readonly apoc: ApocCapture,
    private readonly relay: RelayState,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {
    this.recent = new FreshAnswer(
      () => this.state(),
      FRESH_MS,
      () => clock.monotonic(),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const version = this.options.capture === 'off' ? null : await this.repository.probePlugin();
    await this.apoc.settle(version !== null);
    if (this.options.capture === 'off') return;
    if (version !== null) this.logger.log(`Graph changes are captured by the plugin, version ${version}`);
    else if (await this.apoc.isActive()) this.logger.log('Graph changes are captured by a trigger of APOC');
    else this.logger.warn(NOBODY);
  }

  async status(): Promise<CaptureStatus> {
    const [state, found] = await Promise.all([this.state(), this.repository.status()]);
    return { ...state, ...found, lastError: this.relay.lastError ?? found.lastError };
  }

  /** As it was at most ten seconds ago; in a graph that nobody can write to nothing is captured. */
  async recently(): Promise<CaptureState> {
    return this.recent.get().catch((): CaptureState => ({ state: 'inactive', writer: null }));
  }

  /**
   * Has the graph scanned for what nobody was told of; a scan that is asked for already is the same one.
   *
   * @returns since when it is asked for, RFC 3339
   * @throws DomainError `capture_off` when there is nobody to scan
   */
  async askForScan(): Promise<string> {
    if (this.options.capture === 'off' || !this.options.outbox)
      throw new DomainError('invalid', 'capture_off', 'Nothing is captured: CAPTURE or OUTBOX is off');
    return this.known.ask(new Date(this.clock.now()).toISOString());
  }

  /** Who writes now. */
  async writer(): Promise<CaptureWriter | null> {
    if ((await this.repository.probePlugin()) !== null) return 'plugin';
    return (await this.apoc.isActive()) ? 'apoc' : null;
  }

  private async state(): Promise<CaptureState> {
    const writer = await this.writer();
    const isOff = this.options.capture === 'off' || !this.options.outbox;
    return { state: isOff ? 'off' : writer === null ? 'inactive' : 'active', writer };
  }
}
