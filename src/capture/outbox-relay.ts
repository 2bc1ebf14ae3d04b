import { Injectable } from '@nestjs/common';
import { ChangeRelay } from './change-relay.js';
import { EmissionRelay } from './emission-relay.js';
import { OutboxRepository } from './outbox.neo4j.repository.js';
import { RelayLease } from './relay-lease.js';
import { RelayState } from './relay-state.js';
import { SetAside } from './set-aside.js';

/** Between two looks at an empty outbox: one question to the count store, 0.6 ms. */
const IDLE_MS = 250;
/** Another instance is the relay, or was until now. */
const STAND_BY_MS = 2000;

/**
 * Turns the rows of the outbox into events, each exactly once: an event, its deliveries and the removal of its rows are
 * one transaction.
 */
@Injectable()
export class OutboxRelay {
  constructor(
    private readonly repository: OutboxRepository,
    private readonly emissions: EmissionRelay,
    private readonly changes: ChangeRelay,
    private readonly aside: SetAside,
    private readonly lease: RelayLease,
    private readonly state: RelayState,
  ) {}

  /** One look; answers after how many ms the next is due. */
  async look(): Promise<number> {
    try {
      return await this.relay();
    } catch (error) {
      this.state.failed(error);
      throw error;
    }
  }

  private async relay(): Promise<number> {
    if (!(await this.lease.take())) return STAND_BY_MS;
    const { rows, now } = await this.repository.count();
    this.state.looked();
    if (rows === 0) {
      this.changes.rest(now);
      return IDLE_MS;
    }
    const emitted = await this.emissions.look();
    const captured = await this.changes.look(now);
    const taken = emitted.taken + captured.taken;
    const areOthers = emitted.found + captured.found < rows && captured.hasSeenAll;
    if (areOthers && taken === 0) await this.aside.oddRows();
    return taken > 0 ? 0 : Math.min(IDLE_MS, captured.waitMs);
  }
}
