import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { BodyRoom } from '../common/http/body-room.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { GraphUnavailableError } from '../neo4j/graph-errors.js';
import { EventRepository } from './event.neo4j.repository.js';
import type { Submission } from './new-event.js';

/** How often those who wait are looked at, and how long the graph may say nothing before it is asked whether it is there. */
const LOOK_MS = 250;
const ASK_AFTER_MS = 750;
/** A question that is not answered is asked again, on another connection. */
const ASK_AGAIN_MS = 2000;

/**
 * How long callers wait for a Neo4j that is away. Only time is counted in which nothing comes back from it, or no write
 * succeeds: while it answers anybody, it is slow and not away, and a long queue is no reason to refuse anything.
 */
@Injectable()
export class IngestPatience {
  private readonly waiting = new Map<Submission, (error: Error) => void>();
  private timer: NodeJS.Timeout | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly repository: EventRepository,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Optional() room?: BodyRoom,
  ) {
    room?.watch((waitedMs) => repository.isAway(waitedMs, options.ingestTimeoutSeconds * 1000));
  }

  /**
   * The result of a submission. One whose caller is refused is withdrawn: it is not written any more.
   * @throws GraphUnavailableError when Neo4j stayed away for the ingest timeout
   */
  async wait<T>(submission: Submission, result: Promise<T>): Promise<T> {
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    try {
      const refused = new Promise<never>((_, reject) => this.waiting.set(submission, reject));
      return await Promise.race([result, refused]);
    } finally {
      this.waiting.delete(submission);
      if (this.waiting.size === 0) this.stop();
    }
  }

  /** Refuses all that are not being written. */
  refuseWaiting(error: Error): void {
    for (const submission of [...this.waiting.keys()]) {
      if (!submission.isInDoubt) this.refuse(submission, error);
    }
  }

  private look(): void {
    const patienceMs = this.options.ingestTimeoutSeconds * 1000;
    const silentMs = this.repository.silentMs();
    const now = this.clock.monotonic();
    if (silentMs >= ASK_AFTER_MS && now - this.askedAt >= ASK_AGAIN_MS) {
      this.askedAt = now;
      void this.repository.ask().finally(() => (this.askedAt = Number.NEGATIVE_INFINITY));
    }
    for (const submission of [...this.waiting.keys()]) {
      if (this.repository.isAway(now - submission.since, patienceMs))
        this.refuse(submission, new GraphUnavailableError(undefined, false, submission.isInDoubt));
    }
  }

  private refuse(submission: Submission, error: Error): void {
    this.repository.noteRefusal();
    submission.isWithdrawn = true;
    if (!submission.isInDoubt) submission.events = [];
    this.waiting.get(submission)?.(error);
    this.waiting.delete(submission);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
