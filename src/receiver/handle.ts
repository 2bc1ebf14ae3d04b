import { WebhookVerificationError, type WebhookVerificationCode } from './errors.js';
import type { ReceivedEvent } from './event.js';
import type { SeenEvents } from './seen.js';

/** What a receiver does with an event. When it throws, the answer is 500 and the event comes again. */
export type WebhookHandler = (event: ReceivedEvent) => unknown;

/** An answer; its body says in one sentence why it is none of 2xx, and stands in the log of the deliveries. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly body: { readonly error: string; readonly detail: string } | null;
}

const STATUS: Readonly<Record<WebhookVerificationCode, number>> = {
  missing_headers: 401,
  timestamp_out_of_range: 401,
  wrong_signature: 401,
  malformed: 400,
  // The receiver's own mistake: the event comes again when it is mended.
  body_already_parsed: 500,
};

export const TOO_LARGE = answer(413, 'too_large', 'The body is larger than this receiver takes');
export const CUT_OFF = answer(400, 'malformed', 'The request ended before its body did');
export const WRONG_METHOD = answer(405, 'wrong_method', 'Webhooks come as POST');

function answer(status: number, error: string, detail: string): ReceiverAnswer {
  return { status, body: { error, detail } };
}

/** Runs the handler once for each event: repeats that come meanwhile wait for the first one and share its end. */
export function onceEach(seen: SeenEvents | undefined) {
  const running = new Map<string, Promise<void>>();
  async function first(event: ReceivedEvent, handler: WebhookHandler): Promise<void> {
    if (await seen?.has(event.id)) return;
    await handler(event);
    await seen?.add(event.id);
  }
  return async (event: ReceivedEvent, handler: WebhookHandler): Promise<void> => {
    if (!seen) return first(event, handler);
    const run = running.get(event.id) ?? first(event, handler).finally(() => running.delete(event.id));
    running.set(event.id, run);
    await run;
  };
}

/** The answer to what `work` did with a request. */
export async function answerTo(
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<ReceiverAnswer> {
  try {
    await work();
    return { status: 204, body: null };
  } catch (error) {
    if (error instanceof WebhookVerificationError) {
      if (error.code === 'body_already_parsed') onError(error);
      return answer(STATUS[error.code], error.code, error.message);
    }
    onError(error);
    return answer(500, 'handler_failed', 'The receiver failed; its own log says why');
  }
}
