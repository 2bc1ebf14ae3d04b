import { eventOf, SAMPLE_EVENTS, type SampleEvent } from '../support/formats/events.js';
import type { Format, FormatEvent, FormatOptions, Interpretation } from '../../src/formats/format.js';

/** The sample events as the service may really have them: the project within the length that the API takes. */
export const EVENTS: readonly (FormatEvent & Pick<SampleEvent, 'kind'>)[] = SAMPLE_EVENTS.map((event) => ({
  kind: event.kind,
  ...eventOf(event.event, event.data, { id: event.id, projectId: event.projectId?.slice(0, 100) ?? null }),
}));

export const webhookAt = (url: string) => ({
  id: '01990000-0000-7000-8000-000000000001',
  name: 'Receiver',
  url,
});

/** Sends an event as the format renders it; answers how the format takes the receiver's answer. */
export async function send(
  format: Format,
  event: FormatEvent,
  url: string,
  options: FormatOptions = {},
): Promise<Interpretation> {
  const request = format.render(event, options, webhookAt(url));
  const { method, headers, body } = request;
  const response = await fetch(request.url, { method, headers, body: new Uint8Array(body) });
  const answer = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (await response.text()).slice(0, 1024),
  };
  return format.interpret(answer, options);
}

/** Sends all; answers those that were not taken, with the reason. */
export async function sendAll(
  format: Format,
  events: readonly FormatEvent[],
  url: string,
  options: FormatOptions = {},
): Promise<string[]> {
  const refused: string[] = [];
  for (const event of events) {
    const { outcome, reason } = await send(format, event, url, options);
    if (outcome !== 'success') refused.push(`${event.id}: ${outcome} ${reason ?? ''}`);
  }
  return refused;
}
