import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { EventIntake } from '../events/event-intake.js';
import type { NewEvent } from '../events/new-event.js';
import { eventOf } from './emission.js';
import { OutboxTaker } from './outbox-taker.js';
import { OutboxRepository, type Emission, type Rejection, type RowKey } from './outbox.neo4j.repository.js';
import { RelayState } from './relay-state.js';
import { SetAside } from './set-aside.js';
import { fitting } from './window.js';

/** Rows that are read at a time, and characters of their data. */
const MAX_ROWS = 500;
const MAX_SIZE = 8 * 1024 * 1024;

/** What a look at one kind of rows found, and how many of them are gone. */
export interface Relayed {
  readonly found: number;
  readonly taken: number;
}

/** Turns nodes that ask for an event into that event, at once and in their order. */
@Injectable()
export class EmissionRelay {
  constructor(
    private readonly repository: OutboxRepository,
    private readonly taker: OutboxTaker,
    private readonly intake: EventIntake,
    private readonly aside: SetAside,
    private readonly state: RelayState,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  async look(): Promise<Relayed> {
    const found = await this.repository.emissions(MAX_ROWS);
    if (found.length === 0) return { found: 0, taken: 0 };
    const rejections: Rejection[] = [];
    const few = await this.repository.withData(
      fitting(
        found.filter((one) => this.fits(one, rejections)),
        MAX_SIZE,
      ),
    );
    const good = few.flatMap((emission) => this.prepared(emission, rejections));
    const taken = await this.taker.takeEach(good);
    rejections.push(...taken.rejections);
    this.state.taken(taken.rows);
    await this.aside.reject(rejections);
    return { found: found.length, taken: taken.rows + rejections.length };
  }

  /** What is larger than an event may be is not even read. */
  private fits({ node, id, size }: Emission, rejections: Rejection[]): boolean {
    const { maxEventBytes } = this.options;
    if (size > maxEventBytes)
      rejections.push({ node, id, reason: `data must be at most ${maxEventBytes} bytes` });
    return size <= maxEventBytes;
  }

  private prepared(emission: Emission, rejections: Rejection[]): { row: RowKey; event: NewEvent }[] {
    try {
      return [{ row: emission, event: eventOf(emission, this.intake, this.options.maxEventBytes) }];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      rejections.push({ node: emission.node, id: emission.id, reason: error.message });
      return [];
    }
  }
}
