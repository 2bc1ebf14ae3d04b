import type { OpenAPIObject } from '@nestjs/swagger';
import { memberOf } from '../common/caught.js';
import type { EventCatalog, EventDescription } from './event-catalog.js';

/** `format` of what is an event type, and of what may be a pattern as well. */
export const EVENT_TYPE = 'event-type';
export const EVENT_PATTERN = 'event-pattern';

function withEnums(node: unknown, enums: Readonly<Record<string, readonly string[]>>): unknown {
  if (Array.isArray(node)) return node.map((item) => withEnums(item, enums));
  if (typeof node !== 'object' || node === null) return node;
  const format = memberOf(node, 'format');
  const known = typeof format === 'string' ? enums[format] : undefined;
  const members = Object.entries(node).map(([key, value]) => [key, withEnums(value, enums)] as const);
  return { ...Object.fromEntries(members), ...(known && { enum: known }) };
}

/** The description of the API with the event types that this service knows, those of its consumer included. */
export function withEventTypes(document: OpenAPIObject, catalog: EventCatalog): OpenAPIObject {
  const types = catalog.all().map(({ event }) => event);
  const families = types.map((type) => `${type.split('.')[0] ?? ''}.*`);
  const patterns = [...new Set([...types, ...families, '*'])];
  return withEnums(document, { [EVENT_TYPE]: types, [EVENT_PATTERN]: patterns }) as OpenAPIObject;
}

const header = (name: string, description: string, required = true): object => ({
  ...{ name, in: 'header', required, description },
  schema: { type: 'string' },
});

const HEADERS = [
  header('webhook-id', 'The id of the event: the same in every repeat.'),
  header('webhook-timestamp', 'When this attempt was made, seconds since the epoch.'),
  header('webhook-signature', 'Standard Webhooks; only with a secret.', false),
  header('X-Webhook-Signature', 'sha256=<hex HMAC of the body>; only with a secret.', false),
  header('X-Webhook-Event', 'The event type.'),
  header('X-Webhook-Delivery', 'The id of the delivery.'),
  header('X-Webhook-Attempt', '1 for the first attempt.'),
  header('traceparent', 'The trace that the event belongs to, if any.', false),
];

const RESPONSES = {
  '2XX': { description: 'The event arrived. Nothing else of the answer matters.' },
  '4XX': { description: 'Not taken: tried again, except after 410, which switches the webhook off.' },
  '5XX': { description: 'Not taken: tried again.' },
};

/** `saved_search.executed` → `onSavedSearchExecuted`. */
function operationId(event: string): string {
  const words = event.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `on${words.join('')}`;
}

function bodyOf({ event, schema, example }: EventDescription): object {
  const properties = {
    event: { type: 'string', enum: [event] },
    timestamp: { type: 'string', format: 'date-time' },
    project_id: { type: 'string', nullable: true },
    data: schema,
  };
  const body = { event, timestamp: '2026-11-24T12:00:00.000Z', project_id: 'cold_case', data: example };
  return {
    schema: { type: 'object', required: Object.keys(properties), properties },
    example: body,
  };
}

function webhookOf(description: EventDescription): object {
  return {
    post: {
      operationId: operationId(description.event),
      summary: description.description,
      tags: ['events'],
      parameters: HEADERS,
      requestBody: { required: true, content: { 'application/json': bodyOf(description) } },
      responses: RESPONSES,
      security: [],
    },
  };
}

/** The description of the API with what receivers get, in the format `basset`: one entry for each event type. */
export function withWebhooks(document: OpenAPIObject, catalog: EventCatalog): OpenAPIObject {
  const webhooks = catalog.all().map((description) => [description.event, webhookOf(description)] as const);
  return { ...document, webhooks: Object.fromEntries(webhooks) };
}
