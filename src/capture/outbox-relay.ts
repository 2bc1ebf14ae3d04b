import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NEVER, type SchedulerLike, type Subscription } from 'rxjs';
import { DomainError } from '../common/domain-error.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import type { NewEvent } from '../events/new-event.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { tellUnlessAway } from '../neo4j/graph-errors.js';
import { repeatWhenDue } from '../common/rxjs/repeat-when-due.js';
import { SCHEDULER } from '../delivery/lanes/destination-throttle.js';
import { EventIntake } from '../events/event-intake.js';
import { parseChanges, type CaptureRow } from './change.js';
import { eventsOf, stateFor } from './component-events.js';
import { eventOf } from './emission.js';
import { fold } from './fold.js';
import type { GraphEvent } from './graph-event.js';
import {
  OutboxRepository,
  type Emission,
  type Rejection,
  type RowKey,
  type WaitingRow,
} from './outbox.neo4j.repository.js';
import { OutboxTaker } from './outbox-taker.js';
import { RelayState } from './relay-state.js';
import { componentsOf, type Component } from './subjects.js';
import { fitting, portions, ripeOf } from './window.js';

/** Between two looks at an empty outbox: one question to the count store, 0.6 ms. */
const IDLE_MS = 250;
/** Another instance is the relay, or was until now. */
const STAND_BY_MS = 2000;
/** Rows that are read at a time at first; twice as many while they all belong to one moment. */
const MAX_ROWS = 500;
const WIDEST = 8000;
/** Characters of changes that are read at a time. */
const MAX_SIZE = 8 * 1024 * 1024;

/**
 * Turns the rows of the outbox into events, each exactly once: an event, its deliveries and the removal of its rows are
 * one transaction. One instance does it at a time; two would only lose races to each other.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Outbox');
  private subscription: Subscription | undefined;
  private current: Promise<number> | undefined;
  private isRelayUntil = 0;
  private width = MAX_ROWS;
  /** Rows that were read before and are still settling, by node and id. */
  private settling = new Map<string, CaptureRow>();
  /** Nodes that were neither an event nor changes at the last look. */
  private odd: ReadonlySet<string> = new Set();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly taker: OutboxTaker,
    private readonly intake: EventIntake,
    private readonly lease: InstanceLease,
    private readonly state: RelayState,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.options.outbox) return;
    const onError = (error: unknown): void => {
      this.state.failed(error);
      tellUnlessAway(this.logger, 'The outbox could not be looked after', error);
    };
    this.subscription = repeatWhenDue(
      () => (this.current = this.look()),
      NEVER,
      onError,
      this.scheduler,
    ).subscribe();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    await Promise.allSettled([this.current]);
  }

  /** One look; answers after how many ms the next is due. */
  async look(): Promise<number> {
    if (!(await this.isRelay())) return STAND_BY_MS;
    const { rows, now } = await this.repository.count();
    this.state.waiting(rows);
    if (rows === 0) return IDLE_MS;
    const emitted = await this.relayEmissions();
    const captured = await this.relayChanges(now);
    if (emitted.found + captured.found < rows && emitted.taken + captured.taken === 0)
      await this.setAsideOddRows();
    return emitted.taken + captured.taken > 0 ? 0 : Math.min(IDLE_MS, captured.waitMs);
  }

  private async isRelay(): Promise<boolean> {
    const now = this.scheduler.now();
    if (now < this.isRelayUntil) return true;
    if (!(await this.repository.takeRelay(this.lease.id))) return false;
    this.isRelayUntil = now + STAND_BY_MS;
    return true;
  }

  private async relayEmissions(): Promise<{ readonly found: number; readonly taken: number }> {
    const found = await this.repository.emissions(MAX_ROWS);
    if (found.length === 0) return { found: 0, taken: 0 };
    const rejections: Rejection[] = [];
    const good = found.flatMap((emission) => this.prepared(emission, rejections));
    const taken = await this.taker.takeEach(good);
    rejections.push(...taken.rejections);
    await this.reject(rejections);
    return { found: found.length, taken: taken.rows + rejections.length };
  }

  private prepared(emission: Emission, rejections: Rejection[]): { row: RowKey; event: NewEvent }[] {
    try {
      return [{ row: emission, event: eventOf(emission, this.intake, this.options.maxEventBytes) }];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      rejections.push({ node: emission.node, reason: error.message });
      return [];
    }
  }

  private async relayChanges(now: number): Promise<{ found: number; taken: number; waitMs: number }> {
    const waiting = await this.repository.waiting(this.width);
    if (waiting.length === 0) return { found: 0, taken: 0, waitMs: IDLE_MS };
    const window = fitting(waiting, MAX_SIZE);
    const isCut = window.length < waiting.length;
    const last = isCut || waiting.length === this.width ? window.at(-1)?.at : undefined;
    const components = componentsOf(await this.read(window));
    const isWidest = isCut || this.width === WIDEST;
    const ripe = ripeOf(components, this.options.captureSettleMs, now, last, isWidest);
    this.width =
      last !== undefined && ripe.components.length === 0 && !isCut
        ? Math.min(this.width * 2, WIDEST)
        : MAX_ROWS;
    let taken = 0;
    for (const portion of portions(ripe.components, MAX_ROWS)) taken += await this.take(portion);
    return { found: waiting.length, taken, waitMs: last === undefined ? ripe.waitMs : 0 };
  }

  /** The rows of a window with their changes; what cannot be read is set aside. */
  private async read(window: readonly WaitingRow[]): Promise<CaptureRow[]> {
    const unknown = window.filter((row) => !this.settling.has(keyOf(row)));
    const texts = unknown.length > 0 ? await this.repository.changes(unknown) : new Map<string, string>();
    const rejections: Rejection[] = [];
    const rows = window.flatMap(
      (row) => this.settling.get(keyOf(row)) ?? parsed(row, texts.get(row.node), rejections),
    );
    this.settling = new Map(rows.map((row) => [keyOf(row), row]));
    await this.reject(rejections);
    return rows;
  }

  private async take(components: readonly Component[]): Promise<number> {
    const state = await this.repository.stateOf(stateFor(components));
    const detail = { values: this.options.captureValues };
    const events = components.flatMap((component) =>
      fold(eventsOf(component, state, detail), this.options.captureFold),
    );
    const rows = components.flatMap((component) => component.rows);
    const taken = await this.taker.takeAll(rows, events.map(toNewEvent));
    if (taken > 0) this.state.captured(rows.length);
    return taken;
  }

  /** Only what is still so at the next look: of a commit that is under way a part may be seen. */
  private async setAsideOddRows(): Promise<void> {
    const found = await this.repository.oddRows(MAX_ROWS);
    await this.reject(found.filter(({ node }) => this.odd.has(node)));
    this.odd = new Set(found.map(({ node }) => node));
  }

  private async reject(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length === 0) return;
    await this.repository.reject(rejections, new Date(this.scheduler.now()).toISOString());
    this.state.rejected(rejections.length);
    this.logger.warn(
      `${rejections.length} rows of the outbox were set aside; the first: ${rejections[0]?.reason}`,
    );
  }
}

function keyOf({ node, id }: RowKey): string {
  return `${node} ${id}`;
}

function parsed(row: WaitingRow, text: string | undefined, rejections: Rejection[]): CaptureRow[] {
  if (text === undefined) return [];
  try {
    return [{ node: row.node, id: row.id, at: row.at, changes: parseChanges(text) }];
  } catch (error) {
    rejections.push({ node: row.node, reason: `changes cannot be read: ${(error as Error).message}` });
    return [];
  }
}

function toNewEvent({ event, projectId, data, at }: GraphEvent): NewEvent {
  return {
    event,
    projectId,
    dataJson: JSON.stringify(data),
    timestamp: new Date(at).toISOString(),
    id: null,
    idempotencyKey: null,
  };
}
