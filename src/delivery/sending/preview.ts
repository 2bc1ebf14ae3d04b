import type { Credentials } from './credentials.js';
import { HIDDEN, hideCredentials } from './credentials.js';
import { outboundHeaders } from './outbound-headers.js';
import { render, renderedHeaders } from './rendered.js';
import type { OutboundAttempt } from '../model/endpoint.js';

/** A request that is not made. */
export interface PreviewedRequest {
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bytes: number;
  readonly truncated: boolean;
}

const SIGNATURE = /signature$/i;

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
  const { rendering } = attempt.target;
  const rendered = rendering && (await render(attempt, rendering, credentials));
  const headers =
    rendering && rendered
      ? renderedHeaders(attempt, rendering, rendered, credentials, timestamp, origin)
      : outboundHeaders(attempt, credentials, timestamp);
  const body = rendered?.body ?? attempt.body;
  return {
    method: rendered?.method ?? 'POST',
    headers: shown(headers),
    body: hideCredentials(body.toString('utf8'), credentials),
    bytes: body.length,
    truncated: rendered?.truncated ?? false,
  };
}
