import { defaultInterpretation, pageInstead } from '../default-interpretation.js';
import type {
  Answer,
  Format,
  FormatEvent,
  FormatOptions,
  FormatWebhook,
  Interpretation,
  RenderedRequest,
} from '../format.js';
import { type Message, MESSAGE_OPTIONS, messageOf } from '../message.js';
import { textIn } from '../read-answer.js';
import { findings, unlessPath } from '../receiver-url.js';
import { SEVERITIES } from '../severity.js';
import { fit } from '../text.js';
import { dataStart, jsonText, writtenData } from '../wire.js';

const ENQUEUE_PATH = /\/v2\/enqueue\/?$/;
const MOST_BYTES = 512 * 1024;
/** What is not `custom_details` takes far less than this. */
const FRAME_BYTES = 32 * 1024;
const MOST_SUMMARY = 1024;
const MOST_KEY = 255;
/** PagerDuty asks to wait "a few minutes". */
const WAIT_SECONDS = 120;

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  required: ['routing_key'],
  properties: {
    routing_key: {
      type: 'string',
      pattern: '^[A-Za-z0-9]{32}$',
      writeOnly: true,
      description: 'The integration key of a service (Events API v2), 32 letters and digits.',
    },
    component: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: 'The `component` of each alert.',
    },
    link_template: MESSAGE_OPTIONS.link_template,
  },
};

const textAt = ({ data }: FormatEvent, key: string): string | undefined => {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** The health of one webhook is one incident, which its recovery resolves; every other event is its own. */
function incident(event: FormatEvent): { event_action: 'trigger' | 'resolve'; dedup_key: string } {
  const webhook = event.event === 'system.health' ? textAt(event, 'webhook_id') : undefined;
  const hasRecovered = webhook !== undefined && textAt(event, 'kind') === 'webhook.recovered';
  return {
    event_action: hasRecovered ? 'resolve' : 'trigger',
    dedup_key: (webhook === undefined ? event.id : `basset:${webhook}`).slice(0, MOST_KEY),
  };
}

/** `data`, or its beginning where it is more than PagerDuty takes. */
function details(event: FormatEvent): { custom_details: unknown; truncated: boolean } {
  const whole = { event_id: event.id, project_id: event.projectId, data: writtenData(event) };
  if (Buffer.byteLength(jsonText(whole)) <= MOST_BYTES - FRAME_BYTES)
    return { custom_details: whole, truncated: false };
  const start = dataStart(event, MOST_BYTES - 2 * FRAME_BYTES);
  const projectId = event.projectId === null ? null : fit(event.projectId, MOST_KEY).text;
  return {
    custom_details: { event_id: event.id, project_id: projectId, truncated: true, data_text: start },
    truncated: true,
  };
}

function payload(event: FormatEvent, options: FormatOptions, message: Message): Record<string, unknown> {
  return {
    summary: fit(message.summary, MOST_SUMMARY).text || event.event,
    source: 'basset-hound',
    severity: SEVERITIES[message.severity].pagerduty,
    timestamp: message.time,
    ...(options.component === undefined ? {} : { component: options.component }),
    ...(event.projectId === null ? {} : { group: fit(event.projectId, MOST_KEY).text }),
    class: event.event,
  };
}

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const message = messageOf(event, { ...options, fields: [] });
  const { custom_details, truncated } = details(event);
  const body = {
    routing_key: options.routing_key,
    ...incident(event),
    payload: { ...payload(event, options, message), custom_details },
    ...(message.link === null ? {} : { links: [{ href: message.link, text: 'Open in Basset Hound' }] }),
    client: 'Basset Hound',
  };
  return {
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(jsonText(body)),
    truncated: truncated || message.cut.summary || (event.projectId?.length ?? 0) > MOST_KEY,
  };
}

function interpret(answer: Answer): Interpretation {
  const page = pageInstead(answer);
  if (page) return page;
  const { outcome } = defaultInterpretation(answer);
  if (outcome === 'success') return { outcome };
  const words = textIn(answer, 'message');
  return {
    outcome,
    ...(words === undefined ? {} : { reason: `PagerDuty: ${words} (HTTP ${answer.status})` }),
    ...(outcome === 'throttled' && answer.headers['retry-after'] === undefined
      ? { waitSeconds: WAIT_SECONDS }
      : {}),
  };
}

/** PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events. */
export const pagerduty: Format = {
  name: 'pagerduty',
  title: 'PagerDuty (Events API v2)',
  category: 'monitoring',
  version: 2,
  urlRule: 'https://events.pagerduty.com/v2/enqueue, or https://events.eu.pagerduty.com/v2/enqueue.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { request_bytes: MOST_BYTES, summary: MOST_SUMMARY, dedup_key: MOST_KEY },
  optionsSchema: OPTIONS,
  checkUrl: (url) => findings([unlessPath(url, ENQUEUE_PATH, 'must end in /v2/enqueue')]),
  render,
  interpret,
};
