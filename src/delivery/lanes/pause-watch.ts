import { Injectable, Logger } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { Repeater } from '../../neo4j/repeater.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { Lanes } from './lanes.js';
import { LONGEST_PAUSE_MS } from './pause.js';
import { WorkRepository } from '../queue/work.neo4j.repository.js';

/** How often pauses that other instances were asked for are looked up; alone there are none. */
const WITH_OTHERS_MS = 1000;
const ALONE_MS = 5000;
/**
 * No pause is longer than half of it. One that has more left than this, clocks that differ included, was written before the
 * clock was set back, or by hand: it would hold a webhook up for that time.
 */
const BELIEVED_MS = 2 * LONGEST_PAUSE_MS;

/** A pause is the webhook's: it outlives this process, and the other instances keep it as well. */
@Injectable()
export class PauseWatch {
  private readonly logger = new Logger(PauseWatch.name);
  private readonly subscriptions = new Subscription();

  constructor(
    private readonly repository: WorkRepository,
    private readonly lanes: Lanes,
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
    private readonly repeater: Repeater,
  ) {}

  /** One look, and another one as often as it is worth it. */
  async start(): Promise<void> {
    await this.look();
    const round = async (): Promise<number> => {
      await this.look();
      return this.lease.isAlone ? ALONE_MS : WITH_OTHERS_MS;
    };
    const rounds = this.repeater.repeat(round, {
      logger: this.logger,
      trouble: 'Pauses could not be looked up',
    });
    this.subscriptions.add(() => void rounds.stop());
    this.subscriptions.add(this.registry.renewed$.subscribe((webhookId) => void this.end(webhookId)));
  }

  stop(): void {
    this.subscriptions.unsubscribe();
  }

  private async look(): Promise<void> {
    const now = this.clock.steady();
    for (const { webhookId, until, since } of await this.repository.pauses(toTimestamp(now))) {
      const leftMs = Date.parse(until) - now;
      if (leftMs > BELIEVED_MS) await this.repository.endPause(webhookId);
      else this.lanes.lane(webhookId).pause.lengthen(leftMs, now - Date.parse(since));
    }
  }

  /** Its endpoint is another one, or was repaired: all that was known of the former is over, in the graph as well. */
  private async end(webhookId: string): Promise<void> {
    this.lanes.reset(webhookId);
    try {
      await this.repository.endPause(webhookId);
      // A look may have been under way.
      this.lanes.known(webhookId)?.pause.end();
    } catch (error) {
      tellUnlessAway(this.logger, `The pause of webhook ${webhookId} could not be ended`, error);
    }
  }
}
