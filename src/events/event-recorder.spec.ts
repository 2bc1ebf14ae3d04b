import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.js';
import type { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { EventRecorder } from './event-recorder.js';
import type { EventWriter } from './event-writer.js';
import type { IngestPatience } from './ingest-patience.js';
import type { NewEvent } from './new-event.js';

/** A recorder for events that each match so many webhooks. */
function recorder(subscribers: number): EventRecorder {
  const registry = { match: () => Array.from({ length: subscribers }) } as unknown as EndpointRegistry;
  const writer = {
    write: async (batch: readonly unknown[]) => batch.map(() => [{ eventId: 'e', deliveryIds: [] }]),
  } as unknown as EventWriter;
  const patience = {
    wait: (_submission: unknown, result: Promise<unknown>) => result,
    refuseWaiting: () => undefined,
  } as unknown as IngestPatience;
  return new EventRecorder(registry, new ManualClock(), patience, writer);
}

const events = (count: number, place: (string | number)[] = ['body', 'events', 0]): NewEvent[] =>
  Array.from(
    { length: count },
    () => ({ event: 'x', projectId: null, dataJson: '{}', place }) as unknown as NewEvent,
  );

describe('EventRecorder', () => {
  it('refuses a batch that makes more deliveries than one transaction can hold, and says how many', async () => {
    const error = await recorder(500)
      .record(events(41))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      kind: 'unprocessable',
      code: 'too_many_deliveries',
      fields: [{ loc: ['body', 'events'], msg: expect.stringContaining('20500 deliveries') }],
    });
    const injected = recorder(500).record(events(41, ['events', 0]));
    await expect(injected).rejects.toMatchObject({ fields: [{ loc: ['events'] }] });
  });

  it('takes as many as fit, and a single event always', async () => {
    expect(await recorder(500).record(events(40))).toHaveLength(1);
    expect(await recorder(60_000).record(events(1))).toHaveLength(1);
  });

  it('takes nothing any more once it is closed', async () => {
    const closed = recorder(1);
    await closed.close();
    await expect(closed.record(events(1))).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
