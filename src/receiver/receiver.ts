import { fetchAdapter } from './fetch.js';
import { answerTo, onceEach, type ReceiverAnswer, type WebhookHandler } from './handle.js';
import type { ReceivedEvent } from './event.js';
import { nodeAdapter, type NodeRequest, type NodeResponse } from './node.js';
import type { SeenEvents } from './seen.js';
import { importSecrets, verifyRequest, type ReceivedRequest } from './verify.js';

export * from './errors.js';
export * from './event.js';
export type { ReceiverAnswer, WebhookHandler } from './handle.js';
export type { NodeRequest, NodeResponse } from './node.js';
export * from './seen.js';
export type { HeadersLike, ReceivedRequest } from './verify.js';

export interface ReceiverOptions {
  /** Any of them may have signed: list the new one beside the old one while a secret is changed. */
  readonly secrets: readonly string[];
  /** Seconds that `webhook-timestamp` may be off; `Infinity` = the time does not matter. @default 300 */
  readonly toleranceSeconds?: number;
  /** Also takes requests that have `X-Webhook-Signature` only, which anybody who saw one can repeat. @default false */
  readonly legacy?: boolean;
  /** Remembers what was handled, so that a repeat is answered without the handler. @default none */
  readonly seen?: SeenEvents;
  /** The largest body, bytes. @default 2 MiB */
  readonly maxBytes?: number;
  /** Told what the handler threw, and of a body that was parsed too early. @default console.error */
  readonly onError?: (error: unknown) => void;
  /** Wall clock, ms. @default Date.now */
  readonly now?: () => number;
}

export interface Receiver {
  /** The event of a request that is authentic and recent. @throws WebhookVerificationError */
  verify(request: ReceivedRequest): Promise<ReceivedEvent>;
  /** Verifies, runs the handler unless the event was handled, and says what to answer; it never rejects. */
  handle(request: ReceivedRequest, handler: WebhookHandler): Promise<ReceiverAnswer>;
  /** A listener for `http.createServer` or a route of Express, to stand before `express.json()`. */
  node(handler: WebhookHandler): (request: NodeRequest, response: NodeResponse) => void;
  /** For servers that turn a `Request` into a `Response`. */
  fetch(handler: WebhookHandler): (request: Request) => Promise<Response>;
}

/**
 * Verifies what Basset Hound Webhooks sends, and answers it.
 *
 * @throws TypeError for a secret that is missing, empty or malformed
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { toleranceSeconds = 300, legacy = false, now = Date.now, maxBytes = 2 ** 21 } = options;
  const rules = { keys: importSecrets(options.secrets), toleranceSeconds, legacy, now };
  const once = onceEach(options.seen);
  const onError = options.onError ?? ((error) => console.error(error));
  const verify = (request: ReceivedRequest): Promise<ReceivedEvent> => verifyRequest(request, rules);
  const handle: Receiver['handle'] = (request, handler) =>
    answerTo(async () => once(await verify(request), handler), onError);
  return {
    verify,
    handle,
    node: (handler) => nodeAdapter(maxBytes, (request) => handle(request, handler)),
    fetch: (handler) => fetchAdapter(maxBytes, (request) => handle(request, handler)),
  };
}
