import { defaultInterpretation } from '../default-interpretation.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { findings } from '../receiver-url.js';
import { jsonText } from '../wire.js';
import { ocsfEvent } from './ocsf-event.js';

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ndjson: {
      type: 'boolean',
      default: false,
      description:
        'Whether the event is a line of `application/x-ndjson`, as webhook feeds of Google SecOps take it.',
    },
    raw_data: {
      type: 'boolean',
      default: false,
      description: "Whether `raw_data` holds the event's own body as text.",
    },
  },
};

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const isLine = options.ndjson === true;
  const { ocsf: made, truncated } = ocsfEvent(event, options.raw_data === true);
  const text = jsonText(made);
  return {
    method: 'POST',
    url,
    headers: { 'Content-Type': isLine ? 'application/x-ndjson' : 'application/json' },
    body: Buffer.from(isLine ? `${text}\n` : text),
    truncated,
  };
}

/** A key in the query is in every log on the way. */
const keyWarning = (url: URL): string | undefined =>
  url.searchParams.has('key') || url.searchParams.has('secret')
    ? 'key and secret in the query are written to logs: set headers to {"X-goog-api-key": …, "X-Webhook-Access-Key": …}'
    : undefined;

/** Open Cybersecurity Schema Framework 1.6.0: https://schema.ocsf.io/1.6.0. */
export const ocsf: Format = {
  name: 'ocsf',
  title: 'OCSF (Google SecOps, Amazon Security Lake pipelines, other OCSF collectors)',
  category: 'siem',
  version: 1,
  urlRule: 'Any http or https URL that takes one OCSF event as JSON.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { request_bytes: 4 * 1024 * 1024 },
  optionsSchema: OPTIONS,
  checkUrl: (url) => findings([], [keyWarning(url)]),
  render,
  interpret: (answer) => defaultInterpretation(answer),
};
