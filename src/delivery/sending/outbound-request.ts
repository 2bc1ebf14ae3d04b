import { messageOf } from '../../common/caught.js';
import { asksFirst } from '../../formats/asks-first.js';
import { defaultInterpretation } from '../../formats/default-interpretation.js';
import type {
  Answer,
  FormatEvent,
  FormatOptions,
  FormatWebhook,
  Interpretation,
  RenderedRequest,
} from '../../formats/format.js';
import { type Credentials, HIDDEN } from './credentials.js';
import type { OutboundAttempt, Rendering, Endpoint } from '../model/endpoint.js';
import { VERSION } from '../../common/version.js';
import { signatureHeaders } from './signer.js';

export const USER_AGENT = `Basset-Hound-Webhooks/${VERSION}`;

function saysWhatItAccepts(names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === 'accept');
}

/** The webhook's own, and those of ours that are the same for all. Without `Accept`, some firewalls answer 403 or 406. */
function firstHeaders(own: Credentials['headers']): Record<string, string> {
  const ours = { 'Content-Type': 'application/json', 'User-Agent': USER_AGENT };
  const names = Object.keys(own);
  if (names.length === 0) return { Accept: '*/*', ...ours };
  return { ...(!saysWhatItAccepts(names) && { Accept: '*/*' }), ...own, ...ours };
}

/**
 * All headers of one attempt: the webhook's own first, so that they can never take the place of ours.
 *
 * @param timestamp seconds since the epoch, of this attempt
 */
export function outboundHeaders(
  attempt: OutboundAttempt,
  credentials: Credentials,
  timestamp: number,
): Record<string, string> {
  const headers = firstHeaders(credentials.headers);
  sign(headers, attempt, attempt.body, credentials.secrets, timestamp);
  return headers;
}

/** What tells a receiver that knows us which event, delivery and attempt it is, and that it is ours. */
export function signedHeaders(
  attempt: OutboundAttempt,
  body: Buffer,
  secrets: readonly string[],
  timestamp: number,
): Record<string, string> {
  const headers: Record<string, string> = {};
  sign(headers, attempt, body, secrets, timestamp);
  return headers;
}

/** Adds what `signedHeaders` tells of. One by one, for this runs for each attempt, and to spread costs as much as to hash. */
function sign(
  headers: Record<string, string>,
  { eventId, event, deliveryId, attempt, traceparent }: OutboundAttempt,
  body: Buffer,
  secrets: readonly string[],
  timestamp: number,
): void {
  headers['webhook-id'] = eventId;
  headers['webhook-timestamp'] = String(timestamp);
  headers['X-Webhook-Event'] = event;
  headers['X-Webhook-Delivery'] = deliveryId;
  headers['X-Webhook-Attempt'] = String(attempt);
  if (traceparent !== null) headers['traceparent'] = traceparent;
  if (secrets.length > 0) Object.assign(headers, signatureHeaders(secrets, { id: eventId, timestamp, body }));
}

interface WireBody {
  readonly event: string;
  readonly timestamp: string;
  readonly project_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as formats see it, out of the body that is stored of it. @throws SyntaxError when that is no JSON */
export function toFormatEvent(id: string, body: Buffer): FormatEvent {
  const { event, timestamp, project_id: projectId, data } = JSON.parse(body.toString('utf8')) as WireBody;
  return { id, event, timestamp, projectId, data, body };
}

/** The format could make no request of this event: sent again, it could not either. */
export class RenderError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RenderError';
  }

  static of(error: unknown): RenderError {
    if (error instanceof RenderError) return error;
    return new RenderError(messageOf(error));
  }
}

/** The options of a webhook with the secret ones. */
export function optionsOf({ options }: Rendering, credentials: Credentials): FormatOptions {
  return { ...options, ...credentials.options };
}

/** The webhook as its format sees it. */
export function webhookOf({ webhookId, name, url }: Endpoint, credentials: Credentials): FormatWebhook {
  return { id: webhookId, name, url: credentials.url ?? url };
}

/**
 * What a format makes of an event; a promise where it does so beside the service.
 *
 * @throws RenderError with the reason of the format
 */
export function render(
  { eventId, body, endpoint }: OutboundAttempt,
  rendering: Rendering,
  credentials: Credentials,
): RenderedRequest | Promise<RenderedRequest> {
  const { format } = rendering;
  const webhook = webhookOf(endpoint, credentials);
  const options = optionsOf(rendering, credentials);
  try {
    const event = toFormatEvent(eventId, body);
    if (!format.renderAsync) return format.render(event, options, webhook);
    return format.renderAsync(event, options, webhook).catch((error: unknown) => {
      throw RenderError.of(error);
    });
  } catch (error) {
    throw RenderError.of(error);
  }
}

/** Names in HTTP know no case: what the format sets takes the place of what the webhook has. */
function without(
  headers: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = new Set(Object.keys(others).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !taken.has(name.toLowerCase())));
}

/**
 * All headers of one attempt through a format: the webhook's own, over them those of the format, and ours only where the
 * receiver can use them.
 *
 * @param timestamp seconds since the epoch, of this attempt
 * @param origin what receivers that are asked first know us by
 */
export function renderedHeaders(
  attempt: OutboundAttempt,
  { format, options }: Rendering,
  request: RenderedRequest,
  credentials: Credentials,
  timestamp: number,
  origin: string,
): Record<string, string> {
  const common = { Accept: '*/*', 'User-Agent': USER_AGENT };
  const set = {
    ...request.headers,
    ...(asksFirst(format, options) && format.handshake?.headers(origin)),
    ...(format.signed && signedHeaders(attempt, request.body, credentials.secrets, timestamp)),
  };
  const own = without(credentials.headers, set);
  return { ...without(common, { ...own, ...set }), ...own, ...set };
}

/** How a format takes an answer; formats promise not to throw, and one that does is as good as none. */
export function interpret({ format }: Rendering, answer: Answer, options: FormatOptions): Interpretation {
  try {
    return format.interpret(answer, options);
  } catch {
    return defaultInterpretation(answer);
  }
}

/** A request that is not made. */
export interface PreviewedRequest {
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bytes: number;
  readonly truncated: boolean;
}

const SIGNATURE = /signature$/i;

/**
 * What goes out is shown as it is made with other values for the secret options: so they are hidden where they stand,
 * however short they are. Nothing is searched for: a word of the event that reads the same stays, and who previews
 * guesses of a secret learns nothing.
 */
const masked = ({ options = {}, ...credentials }: Credentials): Credentials => ({
  ...credentials,
  options: Object.fromEntries(Object.keys(options).map((name) => [name, HIDDEN])),
});

/** Of the webhook's own headers the values are left to the caller, who knows which of them are harmless. */
function shown(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SIGNATURE.test(name) ? HIDDEN : value]),
  );
}

/**
 * What would be sent of an event, without sending it, and without what nobody is to see.
 *
 * @param origin what receivers that are asked first know us by
 * @throws RenderError when the format can make nothing of the event
 */
export async function previewRequest(
  attempt: OutboundAttempt,
  credentials: Credentials,
  timestamp: number,
  origin: string,
): Promise<PreviewedRequest> {
  const { rendering } = attempt.endpoint;
  const shownAs = masked(credentials);
  const rendered = rendering && (await render(attempt, rendering, shownAs));
  const isMasked = Object.keys(shownAs.options ?? {}).length > 0;
  const sent = rendering && isMasked ? await render(attempt, rendering, credentials) : rendered;
  const headers =
    rendering && rendered
      ? renderedHeaders(attempt, rendering, rendered, credentials, timestamp, origin)
      : outboundHeaders(attempt, credentials, timestamp);
  const body = rendered?.body ?? attempt.body;
  return {
    method: rendered?.method ?? 'POST',
    headers: shown(headers),
    body: body.toString('utf8'),
    bytes: sent?.body.length ?? body.length,
    truncated: sent?.truncated ?? false,
  };
}
