import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '../common/caught.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import type { NewEvent } from '../events/new-event.js';
import { parseChanges, type CaptureRow } from './change.js';
import { eventsOf, stateFor } from './component-events.js';
import type { Relayed } from './emission-relay.js';
import { fold } from './fold.js';
import type { GraphEvent } from './graph-event.js';
import { KnownRepository } from './known.neo4j.repository.js';
import { OutboxTaker } from './outbox-taker.js';
import { OutboxRepository, type Rejection, type RowKey, type WaitingRow } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';
import { SetAside } from './set-aside.js';
import { sizeOf, splitOf } from './split.js';
import { componentsOf, subjectsOf, type Component } from './subjects.js';
import { fitting, portions, ripeOf } from './window.js';

/** Rows that are read at a time at first; twice as many while they all belong to one moment. */
const MAX_ROWS = 500;
const WIDEST = 8000;
/** Characters of changes that are read at a time. */
const MAX_SIZE = 8 * 1024 * 1024;
/** Changes that become events in one transaction; what is more about one subject stays together. */
const MAX_CHANGES = 2000;

/** What a look found; `hasSeenAll`: no row waits that it did not read. */
interface LookedAt extends Relayed {
  readonly waitMs: number;
  readonly hasSeenAll: boolean;
}

/** How many rows to read next: what one moment needed, the next moment of a backlog probably needs as well. */
function widthAfter(width: number, taken: number, isFull: boolean): number {
  if (!isFull) return MAX_ROWS;
  if (taken === 0) return Math.min(width * 2, WIDEST);
  return taken > width / 2 ? Math.max(width / 2, MAX_ROWS) : width;
}

/** Turns rows of captured changes into events, as soon as all that belongs together is there and has settled. */
@Injectable()
export class ChangeRelay {
  private width = MAX_ROWS;
  /** Rows that were read before and are still settling, by node and id. */
  private settling = new Map<string, CaptureRow>();
  /** Up to when all rows that were there have been seen, ms by the clock of Neo4j. */
  private seenUntil = Infinity;

  constructor(
    private readonly repository: OutboxRepository,
    private readonly known: KnownRepository,
    private readonly taker: OutboxTaker,
    private readonly aside: SetAside,
    private readonly state: RelayState,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @param now by the clock of Neo4j, ms */
  async look(now: number): Promise<LookedAt> {
    const { rows: waiting, isFull } = await this.repository.waiting(this.width);
    if (waiting.length === 0) return { found: 0, taken: 0, waitMs: Infinity, hasSeenAll: true };
    const window = fitting(waiting, MAX_SIZE);
    const isCut = window.length < waiting.length;
    const last = isCut || isFull ? window.at(-1)?.at : undefined;
    const components = componentsOf(await this.read(window, now));
    this.seenUntil = last === undefined ? now : Infinity;
    const isWidest = isCut || this.width === WIDEST;
    const ripe = ripeOf(components, this.options.captureSettleMs, now, last, isWidest);
    let taken = 0;
    for (const portion of portions(ripe.components, MAX_CHANGES)) taken += await this.relay(portion);
    this.width = widthAfter(this.width, taken, isFull && !isCut);
    const hasSeenAll = last === undefined;
    return { found: waiting.length, taken, waitMs: hasSeenAll ? ripe.waitMs : 0, hasSeenAll };
  }

  /** Nothing waits: what comes now is new. */
  rest(now: number): void {
    this.seenUntil = now;
  }

  /** The rows of a window with their changes; what cannot be read is set aside. */
  private async read(window: readonly WaitingRow[], now: number): Promise<CaptureRow[]> {
    const unknown = window.filter((row) => !this.settling.has(keyOf(row)));
    const texts = unknown.length > 0 ? await this.repository.changes(unknown) : new Map<string, string>();
    const rejections: Rejection[] = [];
    const rows = window.flatMap(
      (row) => this.settling.get(keyOf(row)) ?? this.parsed(row, texts.get(row.node), now, rejections),
    );
    this.settling = new Map(rows.map((row) => [keyOf(row), row]));
    await this.aside.reject(rejections);
    return rows;
  }

  private parsed(
    row: WaitingRow,
    text: string | undefined,
    now: number,
    rejections: Rejection[],
  ): CaptureRow[] {
    if (text === undefined) return [];
    const { node, id, at, transaction } = row;
    try {
      const changes = parseChanges(text);
      // It was not there when it should have been: what follows it in the same action comes later as well.
      const isLate = at < this.seenUntil && this.seenUntil !== Infinity;
      const isOneOfMany = transaction && this.options.captureFold > 0;
      return [{ node, id, at, changes, ...(isLate && { seenAt: now }), ...(isOneOfMany && { transaction }) }];
    } catch (error) {
      rejections.push({ node, reason: `changes cannot be read: ${messageOf(error)}` });
      return [];
    }
  }

  /** What is too large for one transaction is made smaller first; what is folded becomes few events. */
  private async relay(components: readonly Component[]): Promise<number> {
    const [component] = components;
    const isLarge = component && components.length === 1 && sizeOf(component) > MAX_CHANGES;
    const split = isLarge && this.options.captureFold === 0 ? splitOf(component, MAX_CHANGES) : undefined;
    return split ? this.repository.split(split) : this.take(components);
  }

  private async take(components: readonly Component[]): Promise<number> {
    const state = await this.repository.stateOf(stateFor(components));
    const detail = { values: this.options.captureValues };
    const events = components.flatMap((component) =>
      fold(eventsOf(component, state, detail), this.options.captureFold),
    );
    const rows = components.flatMap((component) => component.rows);
    await this.remember(rows);
    const taken = await this.taker.takeAll(rows, events.map(toNewEvent));
    this.state.taken(taken);
    return taken;
  }

  /**
   * What is told now is known from now on. Written before: after a crash in between the rows are still there, so nothing
   * is missed, and nothing that was told is found by a scan.
   */
  private async remember(rows: readonly CaptureRow[]): Promise<void> {
    const subjects = subjectsOf(rows);
    await this.known.remember(subjects, await this.known.now(subjects));
  }
}

function keyOf({ node, id }: RowKey): string {
  return `${node} ${id}`;
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
