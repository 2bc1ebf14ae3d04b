import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { fieldProblems, type Message, MESSAGE_OPTIONS, messageOf } from '../message.js';
import { wellFormedJson } from '../wire.js';
import { interpretCustom } from './answer.js';
import { templateProblems } from './template-rules.js';
import { TemplateThread, type TemplateJob } from './template-thread.js';

const CONTENT_TYPES = ['application/json', 'application/x-ndjson', 'text/plain', 'application/xml'] as const;

/** One for the whole process: templates are small, and it starts with the first of them. */
const thread = new TemplateThread();

function jobOf(
  event: FormatEvent,
  options: FormatOptions,
  webhook: FormatWebhook,
  message: Message,
): TemplateJob {
  const { title, summary, facts, severity, link } = message;
  const { id, timestamp, projectId, data } = event;
  const own = { id, event: event.event, timestamp, project_id: projectId, data };
  const contentType = typeof options.content_type === 'string' ? options.content_type : CONTENT_TYPES[0];
  return {
    template: options.template,
    contentType,
    // `now` is the clock of JSON-e: the event's time, so that a retry sends the same bytes.
    context: {
      ...own,
      severity,
      title,
      summary,
      facts,
      link,
      webhook: { id: webhook.id, name: webhook.name },
      now: timestamp,
    },
  };
}

async function renderAsync(
  event: FormatEvent,
  options: FormatOptions,
  webhook: FormatWebhook,
): Promise<RenderedRequest> {
  const message = messageOf(event, options);
  const job = jobOf(event, options, webhook, message);
  const text = await thread.render(job);
  const body = Buffer.from(job.contentType.includes('json') ? wellFormedJson(text) : text);
  const charset = /^(text\/|application\/xml)/.test(job.contentType) ? '; charset=utf-8' : '';
  return {
    method: options.method === 'PUT' ? 'PUT' : 'POST',
    url: webhook.url,
    headers: { 'Content-Type': `${job.contentType}${charset}` },
    body,
    // What was cut may be left out by the template.
    truncated: message.truncated && body.includes('…'),
  };
}

const EXPECT = {
  type: 'object',
  additionalProperties: false,
  description: 'Which answers are success, in their first KiB; absent: every 2xx. Another 2xx is rejected.',
  properties: {
    status: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'integer', minimum: 200, maximum: 599 },
    },
    body: { type: 'string', maxLength: 1024 },
    json: { type: 'object', maxProperties: 10, propertyNames: { pattern: '^(/([^/~]|~[01])*)*$' } },
  },
} as const;

/** A template of JSON-e for every other receiver that takes JSON, lines of JSON, text or XML. */
export const custom: Format = {
  name: 'custom',
  title: 'Custom (a JSON-e template)',
  category: 'custom',
  version: 2,
  urlRule: 'Any http:// or https:// URL',
  urlIsSecret: false,
  signed: true,
  rate: { perSecond: null, per: 'destination' },
  limits: { template: 16_384 },
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['template'],
    properties: {
      ...MESSAGE_OPTIONS,
      method: { enum: ['POST', 'PUT'], default: 'POST' },
      content_type: { enum: CONTENT_TYPES, default: CONTENT_TYPES[0] },
      template: {
        description:
          'JSON-e. It may name id, event, timestamp, project_id, data, severity, title, summary, facts, link, webhook, and call json, slack, markdown, html, cef, defang, truncate, default.',
      },
      expect: EXPECT,
      url_is_secret: {
        type: 'boolean',
        default: false,
        description: 'Whoever knows the URL can send: its path and query are encrypted and shown as ***.',
      },
    },
  },
  checkOptions: (options) => [...fieldProblems(options), ...templateProblems(options.template)],
  checkUrl: () => ({ problems: [], warnings: [] }),
  render() {
    throw new Error('a template is rendered beside the service, by renderAsync');
  },
  renderAsync,
  interpret: interpretCustom,
};
