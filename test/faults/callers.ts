import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../support/random.js';
import { type Answer, ServiceProcess } from '../support/service-process.js';

/** How many call at once, and how long each rests between two requests, ms. */
const CALLERS = 6;
const REST_MS = 15;
/** A caller that may repeat its request does so for this long. */
const PATIENCE_MS = 90_000;
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+$/;

/** One event as its caller knows it. */
export interface Emitted {
  /** Its number, in `data`. */
  readonly n: number;
  readonly eventId: string;
  readonly deliveryIds: readonly string[];
}

interface Request {
  readonly path: string;
  readonly body: object;
  readonly headers: Record<string, string>;
  readonly numbers: readonly number[];
  /** Whether the caller may ask again: it has a key or ids. */
  readonly repeatable: boolean;
}

/** Callers of `POST /events` and `/events/batch` who note what was answered, and go elsewhere when they are refused. */
export class Callers {
  /** What was answered 202. */
  readonly accepted: Emitted[] = [];
  /** Numbers of events whose callers got no 202: stored or not, nobody was promised anything. */
  readonly doubtful: number[] = [];
  /** Answers that no caller should ever get. */
  readonly unexpected: string[] = [];
  /** Refused with 503, or by a connection that was not made or broke. */
  refused = 0;
  private stopped = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly services: readonly ServiceProcess[],
    private readonly random: Random,
    private next: number,
  ) {
    for (const { url } of services) if (!LOOPBACK.test(url)) throw new Error(`Not on the loopback: ${url}`);
  }

  /** The number of the next event. */
  get number(): number {
    return this.next;
  }

  start(): void {
    this.work = Promise.all(Array.from({ length: CALLERS }, () => this.call()));
  }

  /** Resolves when every caller has its last answer. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
  }

  private async call(): Promise<void> {
    while (!this.stopped) {
      await this.emit(this.request());
      await pause(REST_MS);
    }
  }

  private async emit(request: Request): Promise<void> {
    const deadline = Date.now() + (request.repeatable ? PATIENCE_MS : 0);
    for (let turn = this.random.integer(0, 1); ; turn += 1) {
      const service = this.services[turn % this.services.length] as ServiceProcess;
      const { path, body, headers } = request;
      const answer = await service.call('POST', path, body, headers).catch(() => undefined);
      if (answer?.status === 202) {
        this.note(request, answer);
        return;
      }
      this.refused += 1;
      if (answer && answer.status !== 503)
        this.unexpected.push(`${answer.status} ${JSON.stringify(answer.body)}`);
      if (Date.now() >= deadline) {
        this.doubtful.push(...request.numbers);
        return;
      }
      await pause(100);
    }
  }

  private note({ numbers }: Request, { body }: Answer): void {
    const results = (body.events ?? [body]) as { event_id: string; delivery_ids: string[] }[];
    numbers.forEach((n, i) => {
      const { event_id, delivery_ids } = results[i]!;
      this.accepted.push({ n, eventId: event_id, deliveryIds: delivery_ids });
    });
  }

  private request(): Request {
    const kind = this.random.next();
    if (kind < 0.25) return this.batch();
    const n = this.next++;
    const repeatable = kind < 0.8;
    const headers: Record<string, string> = repeatable ? { 'idempotency-key': `key-${n}` } : {};
    return { path: '/api/v1/events', body: event(n), headers, numbers: [n], repeatable };
  }

  private batch(): Request {
    const numbers = Array.from({ length: this.random.integer(2, 20) }, () => this.next++);
    const events = numbers.map((n) => ({ ...event(n), id: `event-${n}` }));
    return { path: '/api/v1/events/batch', body: { events }, headers: {}, numbers, repeatable: true };
  }
}

function event(n: number): object {
  return { event: 'entity.created', data: { n, note: 'x'.repeat(100) } };
}
