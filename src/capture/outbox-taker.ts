import { Injectable } from '@nestjs/common';
import { newId } from '../common/new-id.js';
import { ClaimsUnderWay } from '../delivery/dispatch/claims-under-way.js';
import { Dispatcher } from '../delivery/dispatch/dispatcher.js';
import { EventPlanner } from '../delivery/events/event-planner.js';
import { EventRepository, type EventRecord } from '../delivery/events/event.repository.js';
import { KnownEvents } from '../delivery/events/known-events.js';
import { newSubmission } from '../delivery/events/submission.js';
import type { NewEvent } from '../delivery/events/new-event.js';
import { SubscriptionRegistry } from '../delivery/subscriptions/subscription-registry.js';
import type { Rejection, RowKey } from './outbox.neo4j.repository.js';

const PATIENCE_MS = 10_000;

/** What became of rows that were to become one event each. */
export interface Taken {
  readonly rows: number;
  readonly rejections: readonly Rejection[];
}

/** Writes events with their deliveries and removes the rows that they come from, in one transaction. */
@Injectable()
export class OutboxTaker {
  constructor(
    private readonly planner: EventPlanner,
    private readonly repository: EventRepository,
    private readonly registry: SubscriptionRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly underWay: ClaimsUnderWay,
  ) {}

  /** @returns how many rows are gone; 0 when they, or the webhooks, had changed: then nothing was written */
  async takeAll(rows: readonly RowKey[], events: readonly NewEvent[]): Promise<number> {
    return (await this.take(rows, [events], new KnownEvents())).rows;
  }

  /** Each row for itself: one that asks for another event under a known id is told apart, the others go on. */
  async takeEach(asked: readonly { readonly row: RowKey; readonly event: NewEvent }[]): Promise<Taken> {
    if (asked.length === 0) return { rows: 0, rejections: [] };
    const ids = asked.flatMap(({ event }) => event.id ?? []);
    const known = ids.length === 0 ? [] : await this.repository.findKnown(ids, [], PATIENCE_MS);
    return this.take(
      asked.map(({ row }) => row),
      asked.map(({ event }) => [event]),
      new KnownEvents(known),
    );
  }

  private async take(
    rows: readonly RowKey[],
    submissions: readonly (readonly NewEvent[])[],
    known: KnownEvents,
  ): Promise<Taken> {
    const { version } = this.registry;
    const { results, records } = this.planner.planAll(
      submissions.map((events) => newSubmission(events, 0)),
      known,
    );
    const rejections = results.flatMap((result, i): Rejection[] =>
      result instanceof Error ? [{ node: (rows[i] as RowKey).node, reason: result.message }] : [],
    );
    const bad = new Set(rejections.map(({ node }) => node));
    const good = rows.filter(({ node }) => !bad.has(node));
    const written = await this.underWay.during(() => this.append(records, version, good));
    if (!written) await this.registry.refresh();
    return { rows: written ? good.length : 0, rejections };
  }

  private async append(
    records: readonly EventRecord[],
    registryVersion: number,
    outboxRows: readonly RowKey[],
  ): Promise<boolean> {
    const { instanceId } = this.planner;
    const options = { writeId: newId(), registryVersion, instanceId, patienceMs: PATIENCE_MS, outboxRows };
    try {
      const { kind } = await this.repository.append(records, options);
      if (kind === 'appended') this.dispatcher.takeNew(records);
      else this.planner.letGo(records);
      return kind === 'appended';
    } catch (error) {
      this.planner.letGo(records);
      throw error;
    }
  }
}
