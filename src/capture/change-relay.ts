import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '../common/caught.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { overlapped } from '../common/overlapped.js';
import { MAX_PROJECT_ID_LENGTH, type NewEvent } from '../events/new-event.js';
import { parseChanges, type CaptureRow } from './change.js';
import { eventsOf, stateFor } from './component-events.js';
import type { Relayed } from './emission-relay.js';
import { fold } from './fold.js';
import type { GraphEvent } from './graph-event.js';
import { memoryOf } from './known.js';
import { KnownRepository } from './known.neo4j.repository.js';
import { OutboxTaker } from './outbox-taker.js';
import { OutboxRepository, type Rejection, type RowKey, type WaitingRow } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';
import { SetAside } from './set-aside.js';
import { seenTogether } from './settling.js';
import { sizeOf, splitOf } from './split.js';
import { componentsOf, subjectsOf, type Component } from './subjects.js';
import { fitting, portions, ripeOf } from './window.js';

/** Rows that are read at a time at first; twice as many while there are more, or they all belong to one moment. */
const MAX_ROWS = 500;
const BACKLOG = 4000;
const WIDEST = 8000;
/** Characters of changes that are read at a time. */
const MAX_SIZE = 8 * 1024 * 1024;
/** Changes that become events in one transaction, about; more of them make it slower, not faster. */
const PORTION = 1000;
/** Rows that belong together with more changes than that are replaced by smaller ones first. */
const MAX_CHANGES = 2000;

/** What a look found; `hasSeenAll`: no row waits that it did not read. */
interface LookedAt extends Relayed {
  readonly waitMs: number;
  readonly hasSeenAll: boolean;
}

/**
 * How many rows to read next. Of those that are read the last ones are still settling and are read again, so of a backlog
 * much is read at a time; and what one moment needed, the next moment probably needs as well.
 */
function widthAfter(width: number, taken: number, isFull: boolean): number {
  if (!isFull) return MAX_ROWS;
  if (taken === 0) return Math.min(width * 2, WIDEST);
  if (width > BACKLOG) return taken > width / 2 ? BACKLOG : width;
  return Math.min(width * 2, BACKLOG);
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
    const lastAt = isCut || isFull ? window.at(-1)?.at : undefined;
    const last = lastAt === undefined ? undefined : Math.min(lastAt, now);
    const components = componentsOf(await this.read(window, now));
    this.seenUntil = last === undefined ? now : Infinity;
    const isWidest = isCut || this.width === WIDEST;
    const ripe = ripeOf(components, this.options.captureSettleMs, now, last, isWidest);
    const taken = await this.relayAll(portions(ripe.components, PORTION));
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
    const texts = await this.repository.texts(unknown.filter(({ changes }) => changes === undefined));
    const rejections: Rejection[] = [];
    const fresh = unknown.flatMap((row) =>
      this.parsed(row, row.changes ?? texts.get(row.node), now, rejections),
    );
    for (const row of seenTogether(fresh, now)) this.settling.set(keyOf(row), row);
    const rows = window.flatMap((row) => this.settling.get(keyOf(row)) ?? []);
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
    const { node, id, transaction } = row;
    // A clock that was set back, or a hand: nothing happens later than it is seen.
    const at = Math.min(row.at, now);
    try {
      const changes = parseChanges(text);
      // It was not there when it should have been: what follows it in the same action comes later as well.
      const isLate = at < this.seenUntil && this.seenUntil !== Infinity;
      const isOneOfMany = transaction && this.options.captureFold > 0;
      return [{ node, id, at, changes, ...(isLate && { seenAt: now }), ...(isOneOfMany && { transaction }) }];
    } catch (error) {
      rejections.push({ node, id, reason: `changes cannot be read: ${messageOf(error)}` });
      return [];
    }
  }

  /**
   * Each portion is prepared while the one before it is written. One that could not be taken ends the look, so that
   * nothing overtakes it. @returns rows that are gone
   */
  private async relayAll(all: readonly (readonly Component[])[]): Promise<number> {
    let taken = 0;
    await overlapped(
      all,
      (portion) => this.prepared(portion),
      async (take) => {
        const rows = await take();
        taken += rows;
        return rows > 0;
      },
    );
    return taken;
  }

  /** What is too large for one transaction is made smaller first; what is folded becomes few events. */
  private async prepared(components: readonly Component[]): Promise<() => Promise<number>> {
    const [component] = components;
    const isLarge = component && components.length === 1 && sizeOf(component) > MAX_CHANGES;
    const split = isLarge && this.options.captureFold === 0 ? splitOf(component, MAX_CHANGES) : undefined;
    return split ? () => this.repository.split(split) : this.told(components);
  }

  /**
   * What is told now is known from now on, by the same transaction: whatever crashes, a scan finds neither what was told
   * nor less than what was not.
   */
  private async told(components: readonly Component[]): Promise<() => Promise<number>> {
    const rows = components.flatMap((component) => component.rows);
    const subjects = subjectsOf(rows);
    const { state, known } = await this.known.toTell(subjects, stateFor(components));
    const detail = { values: this.options.captureValues };
    const events = components.flatMap((component) =>
      fold(eventsOf(component, state, detail), this.options.captureFold),
    );
    const newEvents = events.map((event) => toNewEvent(event, this.options.maxEventBytes));
    return async () => {
      const taken = await this.taker.takeAll(rows, newEvents, memoryOf(subjects, known));
      this.state.taken(taken);
      return taken;
    };
  }
}

function keyOf({ node, id }: RowKey): string {
  return `${node} ${id}`;
}

/** Values that make an event larger than one may be are left out: what changed is told all the same. */
function dataOf(data: GraphEvent['data'], maxBytes: number): string {
  const json = JSON.stringify(data);
  if (Buffer.byteLength(json) <= maxBytes) return json;
  const { values: _values, properties: _properties, identifier_value: _value, ...others } = data;
  return JSON.stringify(others);
}

function toNewEvent({ event, projectId, data, at }: GraphEvent, maxBytes: number): NewEvent {
  return {
    event,
    // What is longer is no project of Basset Hound.
    projectId: projectId !== null && projectId.length > MAX_PROJECT_ID_LENGTH ? null : projectId,
    dataJson: dataOf(data, maxBytes),
    timestamp: new Date(at).toISOString(),
    id: null,
    idempotencyKey: null,
  };
}
