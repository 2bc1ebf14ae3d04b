import { BATCH_OPTION, batchOf, joinBodies } from '../batch.js';
import { seconds } from '../event-time.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { findings, unlessHeader, unlessPath, withQuery } from '../receiver-url.js';
import { severityOf } from '../severity.js';
import { jsonText, writtenData } from '../wire.js';
import { interpretHec, interpretHecBatch } from './hec-answers.js';

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const EVENT_PATH = /\/services\/collector(\/event)?(\/1\.0)?\/?$/;
const RAW_PATH = /\/services\/collector\/raw(\/1\.0)?\/?$/;

const name = (description: string, byDefault?: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  ...(byDefault === undefined ? {} : { default: byDefault }),
  description,
});

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    endpoint: {
      enum: ['event', 'raw'],
      default: 'event',
      description: 'Whether the URL is the collector for JSON events or the one for raw lines.',
    },
    index: name('The index; absent: the default index of the token.'),
    host: name('The `host` of each event.', 'basset-hound'),
    source: name('The `source` of each event.', 'basset-hound-webhooks'),
    sourcetype: name('The `sourcetype` of each event.', 'basset_hound:event'),
    channel: {
      type: 'string',
      pattern: UUID,
      description:
        'The channel (a GUID), which a token with indexer acknowledgement asks for. Absent: the id of the webhook with endpoint `raw`, none with `event`.',
    },
    batch: BATCH_OPTION,
  },
};

const text = (options: FormatOptions, key: string): string | undefined => {
  const value = options[key];
  return typeof value === 'string' ? value : undefined;
};

/** What Splunk calls the metadata of an event. */
function metadata(options: FormatOptions): Record<string, string> {
  const index = text(options, 'index');
  return {
    host: text(options, 'host') ?? 'basset-hound',
    source: text(options, 'source') ?? 'basset-hound-webhooks',
    sourcetype: text(options, 'sourcetype') ?? 'basset_hound:event',
    ...(index === undefined ? {} : { index }),
  };
}

const project = ({ projectId }: FormatEvent): { project_id?: string } =>
  projectId === null ? {} : { project_id: projectId };

/** `fields` are indexed: flat, and strings only. */
const eventObject = (event: FormatEvent, options: FormatOptions): Record<string, unknown> => ({
  time: seconds(event),
  ...metadata(options),
  event: {
    id: event.id,
    event: event.event,
    timestamp: event.timestamp,
    project_id: event.projectId,
    severity: severityOf(event),
    data: writtenData(event),
  },
  fields: { event_id: event.id, event: event.event, ...project(event) },
});

function render(event: FormatEvent, options: FormatOptions, webhook: FormatWebhook): RenderedRequest {
  const isRaw = options.endpoint === 'raw';
  const channel = text(options, 'channel') ?? (isRaw ? webhook.id : undefined);
  return {
    method: 'POST',
    url: isRaw ? withQuery(webhook.url, metadata(options)) : webhook.url,
    headers: {
      'Content-Type': 'application/json',
      ...(channel === undefined ? {} : { 'X-Splunk-Request-Channel': channel }),
    },
    body: isRaw ? event.body : Buffer.from(jsonText(eventObject(event, options))),
    truncated: false,
  };
}

/** Splunk's HTTP Event Collector: https://help.splunk.com, "Format events for HTTP Event Collector". */
export const splunkHec: Format = {
  name: 'splunk_hec',
  title: 'Splunk (HTTP Event Collector)',
  category: 'siem',
  version: 1,
  urlRule: 'Ends in /services/collector/event (or /services/collector/raw with endpoint `raw`).',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: {},
  optionsSchema: OPTIONS,
  checkUrl: (url, options, headerNames) =>
    findings([
      options.endpoint === 'raw'
        ? unlessPath(url, RAW_PATH, 'must end in /services/collector/raw where endpoint is raw')
        : unlessPath(url, EVENT_PATH, 'must end in /services/collector/event; for …/raw set endpoint to raw'),
      url.searchParams.has('token')
        ? 'must not carry the token: set headers to {"Authorization": "Splunk <token>"}'
        : unlessHeader(
            headerNames,
            'authorization',
            'needs the token: set headers to {"Authorization": "Splunk <token>"}',
          ),
    ]),
  render,
  interpret: interpretHec,
  batch: {
    // Splunk Cloud takes about 1 MB in a request.
    maxBytes: 512 * 1024,
    // A raw line is what the sourcetype makes of it: nobody knows where the next would begin.
    maxEvents: (options) => (options.endpoint === 'raw' ? 1 : batchOf(options)),
    join: joinBodies,
    interpret: interpretHecBatch,
  },
};
