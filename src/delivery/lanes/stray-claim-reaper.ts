import { Injectable, Logger, Optional } from '@nestjs/common';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { Repeater } from '../../neo4j/repeater.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { ClaimRelease } from '../queue/claim-release.js';
import { Dispatcher } from './dispatcher.js';
import { WorkRepository } from '../queue/work.neo4j.repository.js';
import type { StrayPage } from '../model/queued-delivery.js';

const AUDIT_MS = 30_000;
/** An audit takes at most this share of the time, however many deliveries wait. */
const REST_FACTOR = 20;
/** Webhooks, and deliveries of one of them in one state, that one statement looks at. */
const WEBHOOKS = 100;
const PAGE = 5000;

/**
 * Sees to it that each delivery is finished, waits in the queue, or is held by a living instance; looks every half minute,
 * and at once when the graph answers again. Claims that nobody works on are no fault: the commit of a claim succeeded,
 * but its answer was lost. A claim of an instance that is gone, and a delivery with neither claim nor place in the queue,
 * must not be: somebody changed the graph by hand, or we have made a mistake. They are mended, logged and counted.
 */
@Injectable()
export class StrayClaimReaper {
  private readonly logger = new Logger(StrayClaimReaper.name);
  private rounds: Repetition | undefined;

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly claims: ClaimRelease,
    private readonly lease: InstanceLease,
    private readonly registry: EndpointRegistry,
    private readonly repeater: Repeater,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  start(): void {
    const round = async (): Promise<number> => {
      const started = performance.now();
      await this.audit();
      return Math.max(AUDIT_MS, (performance.now() - started) * REST_FACTOR);
    };
    const named = { logger: this.logger, trouble: 'Claims could not be audited' };
    this.rounds = this.repeater.repeat(round, { ...named, wake: this.lease.recovered$ });
  }

  stop(): void {
    void this.rounds?.stop();
  }

  /** One audit; answers how many deliveries went back to the queue. */
  async audit(): Promise<number> {
    return (await this.releaseStray()) + (await this.releaseOrphans()) + (await this.requeueLost());
  }

  private async releaseOrphans(): Promise<number> {
    const released = await this.lease.releaseOrphans();
    this.metrics.mended('unregistered_claim', released);
    return released;
  }

  /** All unfinished deliveries, page by page. */
  private async requeueLost(): Promise<number> {
    const webhookIds = await this.repository.webhooksWithWork();
    await this.noteAbandoned(webhookIds);
    let requeued = 0;
    for (let i = 0; i < webhookIds.length; i += WEBHOOKS) {
      const pages = await this.repository.findStrays(webhookIds.slice(i, i + WEBHOOKS), PAGE, { after: '' });
      for (const page of pages) requeued += await this.requeueFrom(page);
    }
    return requeued;
  }

  /** What waits for a webhook that somebody took out of the graph is claimed like any other, and ends as failed. */
  private async noteAbandoned(webhookIds: readonly string[]): Promise<void> {
    const abandoned = webhookIds.filter((id) => !this.registry.has(id));
    if (abandoned.length === 0) return;
    await this.claims.noteDue(abandoned);
  }

  private async requeueFrom(first: StrayPage): Promise<number> {
    const { webhookId, status } = first;
    let requeued = await this.requeue(first.strays);
    for (let after = first.next; after !== null;) {
      const [page] = await this.repository.findStrays([webhookId], PAGE, { status, after });
      requeued += await this.requeue(page?.strays ?? []);
      after = page?.next ?? null;
    }
    return requeued;
  }

  private async requeue(found: readonly string[]): Promise<number> {
    if (found.length === 0) return 0;
    const strays = await this.claims.requeue(found);
    if (strays.length > 0) {
      const ids = strays.slice(0, 10).map(({ id }) => id);
      this.logger.error(
        `${strays.length} deliveries were neither finished, queued nor claimed; they are due again: ${ids.join(', ')}`,
      );
    }
    this.metrics.mended('no_place', strays.length);
    return strays.length;
  }

  /**
   * Claimed by this instance and not held, although every claim that was under way has its answer: lost. The release
   * is bound to the number of attempts, so that one which ended and was claimed again meanwhile keeps its claim.
   */
  private async releaseStray(): Promise<number> {
    const instanceId = this.lease.id;
    const claimed = await this.repository.claimedBy(instanceId);
    await this.dispatcher.claims.settled();
    const stray = claimed.filter(({ id }) => !this.dispatcher.holds(id));
    if (stray.length === 0) return 0;
    const released = await this.claims.release(stray, instanceId);
    if (released === 0) return 0;
    this.logger.warn(`${released} deliveries were claimed but not held; they are due again`);
    return released;
  }
}
