import { BATCH_OPTION, batchOf, joinLists } from '../batch.js';
import { nanoseconds } from '../event-time.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { findings, unlessPath } from '../receiver-url.js';
import { severityOf } from '../severity.js';
import { fit } from '../text.js';
import { jsonText, wireLine } from '../wire.js';
import { interpretLoki } from './loki-answers.js';

const PUSH_PATH = /\/loki\/api\/v1\/push\/?$/;
/** `max_line_size` of Loki, where it is not changed. */
const MOST_LINE_BYTES = 256 * 1024;
/** `max_label_value_length` of Loki is 2048 bytes; a UTF-16 unit is at most 3. */
const MOST_LABEL = 680;
/** Loki keeps the time as a signed integer of 64 bits. */
const LAST_TIME = 2n ** 63n - 1n;

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    labels: {
      type: 'object',
      maxProperties: 10,
      propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,127}$', not: { pattern: '^__' } },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 1024 },
      default: {},
      description:
        'Labels of your own, with the same value for every event; they replace ours of the same name.',
    },
    project_label: {
      type: 'boolean',
      default: false,
      description:
        'Whether the project is a label: each project is a stream then, so only where there are few.',
    },
    structured_metadata: {
      type: 'boolean',
      default: true,
      description:
        'Whether event id and project are sent as structured metadata; a Loki before 3.0 may refuse it.',
    },
    max_line_bytes: {
      type: 'integer',
      minimum: 8192,
      maximum: 16_777_216,
      default: MOST_LINE_BYTES,
      description: 'The `max_line_size` of your Loki: a longer line is cut.',
    },
    batch: BATCH_OPTION,
  },
};

const ownLabels = (options: FormatOptions): Record<string, string> =>
  (options.labels as Record<string, string> | undefined) ?? {};

/** Never an id: each set of labels is a stream of its own. */
function labels(event: FormatEvent, options: FormatOptions) {
  const project = options.project_label === true ? fit(event.projectId ?? '', MOST_LABEL) : undefined;
  const stream: Record<string, string> = {
    service_name: 'basset-hound',
    event: event.event,
    level: severityOf(event),
    ...(project && event.projectId !== null && { project_id: project.text }),
    ...ownLabels(options),
  };
  return { stream, cut: project?.cut ?? false };
}

const structuredMetadata = ({ id, projectId }: FormatEvent): Record<string, string> => ({
  event_id: id,
  ...(projectId === null ? {} : { project_id: projectId }),
});

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const most = typeof options.max_line_bytes === 'number' ? options.max_line_bytes : MOST_LINE_BYTES;
  const { text, truncated } = wireLine(event, most);
  const entry: unknown[] = [nanoseconds(event, 0n, LAST_TIME), text];
  if (options.structured_metadata !== false) entry.push(structuredMetadata(event));
  const { stream, cut } = labels(event, options);
  const body = Buffer.from(jsonText({ streams: [{ stream, values: [entry] }] }));
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', url, headers, body, truncated: truncated || cut };
}

/** Loki's push API: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs. */
export const loki: Format = {
  name: 'loki',
  title: 'Grafana Loki (push API)',
  category: 'logs',
  version: 1,
  urlRule: 'Ends in /loki/api/v1/push, such as https://loki.example:3100/loki/api/v1/push.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { line_bytes: MOST_LINE_BYTES, labels: 15 },
  optionsSchema: OPTIONS,
  checkUrl: (url) => findings([unlessPath(url, PUSH_PATH, 'must end in /loki/api/v1/push')]),
  render,
  interpret: interpretLoki,
  batch: {
    // Loki takes 4 MB a second of a tenant, where that is not changed.
    maxBytes: 1024 * 1024,
    maxEvents: batchOf,
    join: (requests) => joinLists(requests, '"streams":[', ']}'),
    // It keeps the lines that are right, names one that is not, and folds what it gets again.
    interpret: interpretLoki,
  },
};
