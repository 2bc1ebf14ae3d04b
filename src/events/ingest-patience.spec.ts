import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.js';
import type { WebhooksOptions } from '../config/service-options.js';
import type { EventRepository } from './event.neo4j.repository.js';
import { IngestPatience } from './ingest-patience.js';
import { type NewEvent, newSubmission } from './new-event.js';

const TIMEOUT_MS = 10_000;
const never = new Promise<never>(() => undefined);

let clock: ManualClock;
let silentMs: number;
let asked: number;
let refused: number;
let patience: IngestPatience;

beforeEach(() => {
  jest.useFakeTimers();
  clock = new ManualClock();
  silentMs = 0;
  const options = { ingestTimeoutSeconds: TIMEOUT_MS / 1000 } as WebhooksOptions;
  const isAway = (waitedMs: number, patienceMs: number) => Math.min(waitedMs, silentMs) >= patienceMs;
  const repository = {
    silentMs: () => silentMs,
    isAway,
    ask: async () => void (asked += 1),
    noteRefusal: () => void (refused += 1),
  } as EventRepository;
  asked = 0;
  refused = 0;
  patience = new IngestPatience(repository, clock, options);
});
afterEach(() => {
  jest.useRealTimers();
});

async function pass(ms: number, silent: boolean): Promise<void> {
  clock.advance(ms);
  silentMs = silent ? silentMs + ms : 0;
  await jest.advanceTimersByTimeAsync(ms);
}

function begin(isInDoubt = false) {
  const submission = Object.assign(newSubmission([{} as NewEvent], clock.monotonic()), { isInDoubt });
  const answer = patience.wait(submission, never).catch((error: unknown) => error);
  return { submission, answer };
}

describe('IngestPatience', () => {
  it('refuses after the timeout of a Neo4j that is away, and withdraws what it has refused', async () => {
    const { submission, answer } = begin();
    await pass(TIMEOUT_MS - 1, true);
    expect(submission.isWithdrawn).toBe(false);
    await pass(251, true);
    expect(await answer).toMatchObject({ code: 'graph_unavailable', members: {} });
    expect(submission).toMatchObject({ isWithdrawn: true, events: [] });
    expect(refused).toBe(1);
  });

  it('asks whether it is there when nothing was heard of it', async () => {
    begin();
    await pass(500, false);
    expect(asked).toBe(0);
    await pass(1000, true);
    expect(asked).toBeGreaterThan(0);
  });

  it('counts no time in which anything comes back', async () => {
    const { submission } = begin();
    for (let i = 0; i < 60; i += 1) await pass(5000, i % 2 === 0);
    expect(submission.isWithdrawn).toBe(false);
  });

  it('gives each caller its own time', async () => {
    await pass(TIMEOUT_MS, true);
    const { submission, answer } = begin();
    await pass(TIMEOUT_MS - 251, true);
    expect(submission.isWithdrawn).toBe(false);
    await pass(502, true);
    expect(await answer).toMatchObject({ code: 'graph_unavailable' });
  });

  it('says that it does not know whether that is stored whose commit is under way', async () => {
    const { submission, answer } = begin(true);
    await pass(TIMEOUT_MS + 250, true);
    expect(await answer).toMatchObject({ members: { stored: 'unknown' } });
    expect(submission).toMatchObject({ isWithdrawn: true, events: [{}] });
  });

  it('refuses what waits when the service stops, but for what is being written', async () => {
    const [waiting, writing] = [begin(), begin(true)];
    patience.refuseWaiting(new Error('stop'));
    expect(await waiting.answer).toEqual(new Error('stop'));
    expect(writing.submission.isWithdrawn).toBe(false);
  });
});
