import { Inject, Injectable, Logger } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { ApocRepository, TRIGGER } from './apoc.neo4j.repository.js';

const WAY_OUT = `Set CAPTURE=off to go on without; a trigger that is left is dropped by it, or in the database system by CALL apoc.trigger.drop('neo4j', '${TRIGGER}').`;
const NO_APOC =
  'CAPTURE=apoc: this Neo4j has no APOC. Put apoc-core into its plugins folder (Docker: NEO4J_PLUGINS=\'["apoc"]\') and restart it.';
const SWITCHED_OFF =
  'CAPTURE=apoc: APOC is installed, but triggers are off. Set apoc.trigger.enabled=true in conf/apoc.conf ' +
  '(Docker: NEO4J_apoc_trigger_enabled=true) and restart Neo4j.';

/** Capture by a trigger of APOC: installed when it is asked for, and never otherwise. */
@Injectable()
export class ApocCapture {
  private readonly logger = new Logger('Capture');

  constructor(
    private readonly repository: ApocRepository,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /**
   * Whether the trigger writes what changes.
   *
   * @throws what kept Neo4j from answering: that is no sign of a trigger that is gone
   */
  async isActive(): Promise<boolean> {
    return (await this.repository.isThere()) && (await this.repository.isInstalled()) === true;
  }

  /** What the setting asks for, with the way out in each message; whatever fails, the service starts. */
  async settle(hasPlugin: boolean): Promise<void> {
    try {
      if (this.options.capture === 'apoc' && !hasPlugin) await this.install();
      else if (this.options.capture === 'off' || hasPlugin) await this.drop(hasPlugin);
    } catch (error) {
      this.logger.error(
        `The trigger for captured changes could not be looked after: ${String(error)}. ${WAY_OUT}`,
      );
    }
  }

  private async install(): Promise<void> {
    const obstacle = await this.obstacle();
    if (obstacle !== undefined) {
      this.logger.error(`${obstacle} ${WAY_OUT}`);
      return;
    }
    await this.repository.tryOut();
    await this.repository.install();
    this.logger.log(`The trigger ${TRIGGER} is installed`);
  }

  /** Why there can be no trigger, and what to do about it. */
  private async obstacle(): Promise<string | undefined> {
    if (!(await this.repository.isThere())) return NO_APOC;
    return (await this.repository.isInstalled()) === null ? SWITCHED_OFF : undefined;
  }

  /** Beside the plugin everything would be captured twice. */
  private async drop(hasPlugin: boolean): Promise<void> {
    if (!(await this.isActive())) return;
    await this.repository.drop();
    const why = hasPlugin ? 'the plugin captures already' : 'CAPTURE=off';
    this.logger.warn(`The trigger ${TRIGGER} was dropped: ${why}`);
  }
}
