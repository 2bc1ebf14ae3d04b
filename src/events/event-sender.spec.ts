import { describe, expect, it } from '@jest/globals';
import type { WebhooksOptions } from '../config/service-options.js';
import type { GraphTransaction } from './event.neo4j.repository.js';
import type { EventIntake } from './event-intake.js';
import { EventSender } from './event-sender.js';

const NEVER = {} as EventIntake;

function transaction(): { ran: number; transaction: GraphTransaction } {
  const told = { ran: 0, transaction: { run: () => Promise.resolve((told.ran += 1)) } };
  return told;
}

describe('an event in a transaction of the caller', () => {
  it.each([
    ['OUTBOX=off, for nobody would ever take it', { outbox: false }, {}, 'needs OUTBOX=on'],
    ['a key, which only an id can stand for', {}, { idempotencyKey: 'k' }, 'give an id'],
  ])('is refused with %s, and nothing is written', async (_, options, more, sentence) => {
    const emit = new EventSender(NEVER, { outbox: true, ...options } as WebhooksOptions);
    const told = transaction();
    await expect(emit.send('entity.created', { transaction: told.transaction, ...more })).rejects.toThrow(
      sentence,
    );
    expect(told.ran).toBe(0);
  });
});
