import { VERSION } from '../../common/version.js';
import { BATCH_OPTION, batchOf, joinLists } from '../batch.js';
import { nanoseconds } from '../event-time.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { type Message, messageOf } from '../message.js';
import { findings, unlessPath } from '../receiver-url.js';
import { SEVERITIES } from '../severity.js';
import { jsonText, writtenData } from '../wire.js';
import { attribute, type KeyValue, mapAttribute } from './any-value.js';
import { interpretOtlp, interpretOtlpBatch } from './otlp-answers.js';

const LOGS_PATH = /\/v1\/logs\/?$/;
/** `timeUnixNano` is an unsigned integer of 64 bits. */
const LAST_TIME = 2n ** 64n - 1n;

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    data: {
      enum: ['json', 'map'],
      default: 'json',
      description:
        'How `data` is sent: `json`: as one attribute of JSON text, exact; `map`: as a map, which receivers take apart into fields of their own.',
    },
    service_name: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      default: 'basset-hound',
      description: 'The resource attribute `service.name`.',
    },
    batch: BATCH_OPTION,
  },
};

function attributes(event: FormatEvent, options: FormatOptions): KeyValue[] {
  return [
    attribute('event.id', event.id),
    ...(event.projectId === null ? [] : [attribute('project.id', event.projectId)]),
    attribute('basset.event', event.event),
    attribute('basset.timestamp', event.timestamp),
    options.data === 'map'
      ? mapAttribute('basset.data', event.data)
      : attribute('basset.data', writtenData(event).text),
  ];
}

function logRecord(event: FormatEvent, options: FormatOptions, message: Message): Record<string, unknown> {
  const { severity, summary } = message;
  const time = nanoseconds(event, 0n, LAST_TIME);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: SEVERITIES[severity].otlpNumber,
    severityText: SEVERITIES[severity].otlpText,
    eventName: `basset_hound.${event.event}`,
    body: { stringValue: summary },
    attributes: attributes(event, options),
  };
}

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const service = typeof options.service_name === 'string' ? options.service_name : 'basset-hound';
  const message = messageOf(event, { fields: [] });
  const logs = {
    resourceLogs: [
      {
        resource: { attributes: [attribute('service.name', service)] },
        scopeLogs: [
          {
            scope: { name: 'basset-hound-webhooks', version: VERSION },
            logRecords: [logRecord(event, options, message)],
          },
        ],
      },
    ],
  };
  const body = Buffer.from(jsonText(logs));
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', url, headers, body, truncated: message.cut.summary };
}

/** OpenTelemetry logs over HTTP as JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp. */
export const otlpLogs: Format = {
  name: 'otlp_logs',
  title: 'OpenTelemetry logs (OTLP over HTTP, JSON)',
  category: 'logs',
  version: 1,
  urlRule: 'Ends in /v1/logs, such as https://collector.example:4318/v1/logs.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { request_bytes: 20 * 1024 * 1024 },
  optionsSchema: OPTIONS,
  checkUrl: (url) => findings([unlessPath(url, LOGS_PATH, 'must end in /v1/logs')]),
  render,
  interpret: interpretOtlp,
  batch: {
    // As a map, data of nothing but short lists is 14 times as long: at most 20 MiB are asked for.
    maxBytes: 1024 * 1024,
    maxEvents: batchOf,
    join: (requests) => joinLists(requests, '"logRecords":[', ']}]}]}'),
    interpret: interpretOtlpBatch,
  },
};
