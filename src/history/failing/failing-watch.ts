import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { byWebhook, EachByItself } from '../../neo4j/each-by-itself.js';
import { Repeater } from '../../neo4j/repeater.js';
import { Lanes } from '../../delivery/lanes/lanes.js';
import { WebhookDeactivator } from '../../delivery/endpoints/webhook-deactivator.js';
import { Backlogs } from './backlog.neo4j.repository.js';
import { isFailing, judge, type FailingLimits, type FailingWebhook } from './failing.js';
import { FailingRepository, type Deactivation } from './failing.neo4j.repository.js';
import { OutageRecovery } from './recovery.js';
import { DomainError } from '../../common/domain-error.js';
import { EventRecorder } from '../../events/event-recorder.js';

const EVENT = 'system.health';

/** The `data` of such an event: who, what and since when; no URL, which may hold credentials. */
interface Notice {
  readonly kind: 'webhook.disabled' | 'webhook.failing' | 'webhook.recovered';
  readonly reason: string;
  readonly [fact: string]: string;
}

/**
 * Tells the subscribers of `system.health` what happened to a webhook, but never that webhook. The idempotency key
 * names the change of state, so what two instances tell, or one tells again after a crash, is one event.
 */
@Injectable()
export class HealthNotices {
  constructor(private readonly recorder: EventRecorder) {}

  async disabled(webhook: Deactivation): Promise<void> {
    const { reason, cause, at } = webhook;
    await this.tell(webhook, at, { kind: 'webhook.disabled', reason, cause, disabled_at: at });
  }

  async failing(webhook: FailingWebhook, since: string, threshold: number): Promise<void> {
    const reason = webhook.blocked
      ? 'the receiver refuses what is sent, until somebody repairs the webhook or its receiver; only probes go out until one succeeds'
      : `${threshold} attempts in a row failed; only probes go out until one succeeds`;
    await this.tell(webhook, since, { kind: 'webhook.failing', reason, failing_since: since });
  }

  async recovered(webhook: FailingWebhook, since: string): Promise<void> {
    const reason = 'the endpoint answers again';
    await this.tell(webhook, since, { kind: 'webhook.recovered', reason, failing_since: since });
  }

  private async tell(
    { webhookId, name, projectId }: Pick<FailingWebhook, 'webhookId' | 'name' | 'projectId'>,
    since: string,
    { kind, ...facts }: Notice,
  ): Promise<void> {
    const data = { kind, webhook_id: webhookId, webhook_name: name, ...facts };
    const idempotencyKey = `basset-hound:${kind}:${webhookId}:${since}`;
    const common = { event: EVENT, projectId, dataJson: JSON.stringify(data), timestamp: null, id: null };
    try {
      await this.recorder.record([{ ...common, idempotencyKey, exceptWebhookId: webhookId }]);
    } catch (error) {
      // Told already, when the webhook had another name.
      if (!(error instanceof DomainError && error.code === 'idempotency_conflict')) throw error;
    }
  }
}

const PAUSE_MS = 5000;
const DAY_MS = 24 * 3600 * 1000;
/** Subscribers hear of at most one outage of a webhook in this time, however often it comes and goes. */
const NOTICE_PAUSE_MS = 10 * 60 * 1000;

/** Judges webhooks that fail: gives up those that failed for too long, and tells the subscribers of `system.health` of each change. */
@Injectable()
export class FailingWebhooks {
  private readonly limits: FailingLimits;
  private readonly each = new EachByItself(
    new Logger(FailingWebhooks.name),
    'The failures could not be judged of webhook',
  );

  constructor(
    private readonly repository: FailingRepository,
    private readonly notices: HealthNotices,
    private readonly deactivator: WebhookDeactivator,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions,
  ) {
    this.limits = {
      threshold: options.breakerThreshold,
      disableAfterMs: options.disableAfterDays * DAY_MS,
      disableAfterFailures: options.disableAfterFailures,
      noticePauseMs: NOTICE_PAUSE_MS,
    };
  }

  /** Opens the breakers of webhooks that failed before this start: they are not to be hammered anew. */
  async prime(): Promise<void> {
    const failing = await this.repository.failing();
    const open = failing.filter((webhook) => isFailing(webhook, this.limits.threshold));
    this.lanes.openBreakersOf(open.map(({ webhookId }) => webhookId));
  }

  /** One look at all of them. */
  async look(): Promise<void> {
    await this.each.do(await this.repository.failing(), byWebhook, (webhook) => this.lookAt(webhook));
    const untold = await this.repository.untoldDeactivations();
    await this.each.do(untold, byWebhook, async (deactivation) => {
      await this.notices.disabled(deactivation);
      await this.repository.deactivationTold(deactivation.webhookId, deactivation.at);
    });
  }

  private async lookAt(webhook: FailingWebhook): Promise<void> {
    const { webhookId, failingSince, toldSince } = webhook;
    const now = this.clock.steady();
    const verdict = judge(webhook, this.limits, now);
    switch (verdict) {
      case 'switch-off':
        return this.giveUp(webhookId, now);
      case 'tell-failing':
        if (failingSince !== null) await this.tellFailing(webhook, failingSince, now);
        return;
      case 'tell-recovered':
        if (toldSince !== null) await this.tellRecovered(webhook, toldSince);
        return;
      case 'leave':
        return;
      default:
        return verdict satisfies never;
    }
  }

  private async giveUp(webhookId: string, now: number): Promise<void> {
    const { disableAfterMs, disableAfterFailures } = this.limits;
    const before = toTimestamp(now - disableAfterMs);
    await this.deactivator.deactivateFailing(webhookId, before, disableAfterFailures);
  }

  private async tellFailing(webhook: FailingWebhook, since: string, now: number): Promise<void> {
    await this.notices.failing(webhook, since, this.limits.threshold);
    await this.repository.failingTold(webhook.webhookId, since, toTimestamp(now));
  }

  private async tellRecovered(webhook: FailingWebhook, since: string): Promise<void> {
    await this.notices.recovered(webhook, since);
    await this.repository.recoveryTold(webhook.webhookId, since);
  }
}

/**
 * Looks after webhooks that fail or are off, every few seconds. All of it from what is in the graph, so a restart
 * forgets nothing.
 */
@Injectable()
export class FailingWatch {
  private readonly logger = new Logger(FailingWatch.name);
  private rounds: Repetition | undefined;

  constructor(
    private readonly failing: FailingWebhooks,
    private readonly backlogs: Backlogs,
    private readonly outages: OutageRecovery,
    private readonly deactivator: WebhookDeactivator,
    private readonly repeater: Repeater,
  ) {}

  /** See `FailingWebhooks.prime`. */
  async prime(): Promise<void> {
    await this.failing.prime();
  }

  start(): void {
    const round = async (): Promise<number> => {
      await this.look();
      return PAUSE_MS;
    };
    const named = { logger: this.logger, trouble: 'Failing webhooks could not be looked after' };
    this.rounds = this.repeater.repeat(round, { ...named, wake: this.deactivator.switchedOff$ });
  }

  stop(): void {
    void this.rounds?.stop();
  }

  /** One look: ends what waits for webhooks that are off, judges those that fail, recovers what an outage has cost. */
  async look(): Promise<void> {
    await this.backlogs.endAll();
    await this.failing.look();
    await this.outages.look();
  }
}
