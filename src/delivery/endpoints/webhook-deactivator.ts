import { Injectable, Logger, Optional } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { DeliveryMetrics, NoMetrics, type DeactivationCause } from '../../common/metrics/delivery-metrics.js';
import { EndpointRegistry } from './endpoint-registry.js';
import { EndpointRepository, type SwitchedOff } from './endpoint.neo4j.repository.js';

/**
 * Switches webhooks off on the service's own account, with the reason on the record, in the log and in the metrics.
 * The subscribers of `system.health` are told from the record (`FailingWatch`).
 */
@Injectable()
export class WebhookDeactivator {
  private readonly logger = new Logger(WebhookDeactivator.name);
  private readonly switchings = new Subject<void>();

  constructor(
    private readonly repository: EndpointRepository,
    private readonly registry: EndpointRegistry,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  /** Emits after something was switched off by this instance. */
  get switchedOff$(): Observable<void> {
    return this.switchings.asObservable();
  }

  /** @param said how its format puts it */
  async deactivateGone(webhookId: string, said: string | null): Promise<void> {
    const reason = said === null || said === 'HTTP 410' ? 'the endpoint answered 410 Gone' : said;
    await this.note('gone', await this.repository.deactivate(webhookId, 'gone', reason));
  }

  /** … unless a success came in between. */
  async deactivateFailing(webhookId: string, failingBefore: string, failures: number): Promise<void> {
    const off = await this.repository.deactivateFailing(webhookId, 'failing', failingBefore, failures);
    await this.note('failing', off);
  }

  /** … those whose project is gone; the others follow a project that came later or has another name. */
  async followProjects(): Promise<void> {
    if ((await this.repository.followProjects()) > 0) await this.registry.refresh();
    await this.deactivateOrphans();
  }

  private async deactivateOrphans(): Promise<void> {
    const off = await this.repository.deactivateOrphans('project_deleted', 'its project was deleted');
    await this.note('project_deleted', off);
  }

  private async note(cause: DeactivationCause, off: readonly SwitchedOff[]): Promise<void> {
    if (off.length === 0) return;
    await this.registry.refresh();
    for (const { webhookId, reason } of off) {
      this.metrics.deactivated(cause);
      this.logger.warn(`Webhook ${webhookId} was switched off: ${reason}`);
    }
    this.switchings.next();
  }
}
