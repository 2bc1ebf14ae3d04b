import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const TIMEOUT_MS = 30_000;

export interface EventToEmit {
  readonly event: string;
  readonly project_id?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly url: string;
  readonly apiKey?: string;
}

/**
 * Answers the id of the event when it is on disk. Whatever is tried again has the same key, so the event is stored once,
 * also when an answer was lost. Give a key of your own (such as the id of a row) to be able to go on after a crash.
 *
 * @throws when it is refused: the message says why, and trying again would not help
 */
export async function emit(service: Service, event: EventToEmit, key = randomUUID()): Promise<string> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let pause = 500; ; pause = Math.min(2 * pause, 10_000)) {
    const answer = await post(service, event, key);
    if (answer && answer.status !== 503) return eventId(answer);
    // The service stops, or has lost its Neo4j for a moment.
    const seconds = Number(answer?.headers.get('retry-after') ?? NaN);
    const wait = Number.isNaN(seconds) ? pause : 1000 * seconds;
    if (performance.now() + wait > giveUpAt) throw new Error(`${service.url} took nothing for a minute`);
    await sleep(wait);
  }
}

/** undefined = no answer came. */
async function post(
  { url, apiKey }: Service,
  event: EventToEmit,
  key: string,
): Promise<Response | undefined> {
  const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': key });
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers,
    body: JSON.stringify(event),
    signal,
  }).catch(() => undefined);
}

async function eventId(answer: Response): Promise<string> {
  const body = (await answer.json()) as { readonly event_id: string; readonly detail?: string };
  if (!answer.ok) throw new Error(`${answer.status}: ${body.detail ?? ''}`);
  return body.event_id;
}
