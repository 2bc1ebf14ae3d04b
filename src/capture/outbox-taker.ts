import { Injectable } from '@nestjs/common';
import { newId } from '../common/new-id.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import { MemoryBudget } from '../delivery/lanes/memory-budget.js';
import { EventPlanner } from '../events/event-planner.js';
import type { EventRecord } from '../delivery/model/event-record.js';
import { EventRepository, type OutboxChange } from '../events/event.neo4j.repository.js';
import { KnownEvents } from '../events/known-events.js';
import { type NewEvent, newSubmission } from '../events/new-event.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { Memory } from './known.js';
import type { Rejection, RowKey } from './outbox.neo4j.repository.js';

const PATIENCE_MS = 10_000;
/** Deliveries in memory that leave room for those of the next rows. */
const FEW = 500;
/** Nobody waits longer for them: slow receivers do not hold the outbox up. */
const ROOM_PATIENCE_MS = 100;
const NOTHING_NEW: Memory = { known: [], gone: [] };

/** What became of rows that were to become one event each. */
export interface Taken {
  readonly rows: number;
  readonly rejections: readonly Rejection[];
}

/** What is to be written, and the version of the webhooks that it was matched against. */
type Plan = ReturnType<EventPlanner['planAll']> & { readonly version: number };

/** Writes events with their deliveries and removes the rows that they come from, in one transaction. */
@Injectable()
export class OutboxTaker {
  /** Writes in a row that found something changed. */
  private stale = 0;

  constructor(
    private readonly planner: EventPlanner,
    private readonly repository: EventRepository,
    private readonly registry: EndpointRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly memory: MemoryBudget,
  ) {}

  /**
   * @param memory what is known from then on
   * @returns how many rows are gone; 0 when they, or the webhooks, had changed: then nothing was written
   * @throws when the events are refused: rows never go without them
   */
  async takeAll(
    rows: readonly RowKey[],
    events: readonly NewEvent[],
    memory: Memory = NOTHING_NEW,
  ): Promise<number> {
    await this.room();
    const plan = this.plan([events], new KnownEvents());
    const refusal = plan.results.find((result) => result instanceof Error);
    if (refusal) {
      this.planner.letGo(plan.records);
      throw refusal;
    }
    return (await this.write(plan, rows, memory)) ? rows.length : 0;
  }

  /** Each row for itself: one that asks for another event under a known id is told apart, the others go on. */
  async takeEach(asked: readonly { readonly row: RowKey; readonly event: NewEvent }[]): Promise<Taken> {
    if (asked.length === 0) return { rows: 0, rejections: [] };
    await this.room();
    const ids = asked.flatMap(({ event }) => event.id ?? []);
    const known = ids.length === 0 ? [] : await this.repository.findKnown(ids, [], PATIENCE_MS);
    const plan = this.plan(
      asked.map(({ event }) => [event]),
      new KnownEvents(known),
    );
    const rejections: Rejection[] = [];
    const good = asked.flatMap(({ row }, i) => {
      const result = plan.results[i];
      if (!(result instanceof Error)) return [row];
      rejections.push({ node: row.node, id: row.id, reason: result.message });
      return [];
    });
    return { rows: (await this.write(plan, good, NOTHING_NEW)) ? good.length : 0, rejections };
  }

  /**
   * Backpressure: rows wait in the outbox as well as their deliveries would in the queue, and what finds room in memory is
   * sent from there instead of being read, and claimed, once more.
   */
  private async room(): Promise<void> {
    await this.memory.untilHolds(FEW, ROOM_PATIENCE_MS);
  }

  private plan(submissions: readonly (readonly NewEvent[])[], known: KnownEvents): Plan {
    const { version } = this.registry;
    const planned = this.planner.planAll(
      submissions.map((events) => newSubmission(events, 0)),
      known,
    );
    return { ...planned, version };
  }

  /** Answers whether it was written. */
  private async write({ records, version }: Plan, rows: readonly RowKey[], memory: Memory): Promise<boolean> {
    const outbox = { rows, ...memory };
    const written = await this.dispatcher.claims.during(() => this.append(records, version, outbox));
    this.stale = written ? 0 : this.stale + 1;
    // Once is a change of the webhooks; again, one of them was perhaps taken out of the graph by hand.
    if (!written) await (this.stale > 1 ? this.registry.reread() : this.registry.refresh());
    return written;
  }

  private async append(
    records: readonly EventRecord[],
    registryVersion: number,
    outbox: OutboxChange,
  ): Promise<boolean> {
    const { instanceId } = this.planner;
    const options = { writeId: newId(), registryVersion, instanceId, patienceMs: PATIENCE_MS, outbox };
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
