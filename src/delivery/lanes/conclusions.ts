import { Injectable } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { WebhookDeactivator } from '../endpoints/webhook-deactivator.js';
import { GivenUpLog } from '../outcomes/given-up-log.js';
import type { Outcome } from '../outcomes/outcome.js';
import { OutcomeRecorder } from '../outcomes/outcome-recorder.js';
import { ClaimRelease } from '../queue/claim-release.js';
import { DueIndex } from '../queue/due-index.js';
import { InstanceLease } from '../queue/instance-lease.js';
import type { Run } from './attempt-runner.js';

/** A run that was worked on. */
export type Conclusion = Run & { readonly outcome: Outcome };

/** What follows upon a run: its outcome is committed, its place in the queue known, and whoever listens is told. */
@Injectable()
export class Conclusions {
  private readonly committed = new Subject<Conclusion>();

  constructor(
    private readonly outcomes: OutcomeRecorder,
    private readonly returns: ClaimRelease,
    private readonly dueTimes: DueIndex,
    private readonly deactivator: WebhookDeactivator,
    private readonly lease: InstanceLease,
    private readonly givenUp: GivenUpLog,
  ) {}

  /** Emits what is on disk. Listening costs the engine something, not listening nothing. */
  get committed$(): Observable<Conclusion> {
    return this.committed.asObservable();
  }

  /** Resolves when it is on disk, in the graph's queue again, or nobody's because it was not worked on. */
  async conclude(run: Run): Promise<void> {
    const { held, outcome, decision, deferred } = run;
    if (deferred) await this.returns.giveBack(held);
    if (!outcome) return;
    await this.outcomes.commit(outcome);
    this.givenUp.tell(held, outcome);
    this.lease.noteWork(1);
    if (this.committed.observed) this.committed.next({ ...run, outcome });
    if (outcome.nextAttemptAt !== null)
      this.dueTimes.note(outcome.webhookId, Date.parse(outcome.nextAttemptAt));
    if (decision?.kind === 'gone')
      await this.deactivator.deactivateGone(outcome.webhookId, outcome.errorMessage);
  }

  /** Forgets the webhooks that no longer exist. */
  keepOnly(exists: (webhookId: string) => boolean): void {
    this.givenUp.keepOnly(exists);
  }

  /** Resolves when all outcomes are written. */
  async close(): Promise<void> {
    await this.outcomes.close();
  }
}
