import type { OpenAPIObject } from '@nestjs/swagger';
import type { EventCatalog } from './event-catalog.js';

/** `format` of what is an event type, and of what may be a pattern as well. */
export const EVENT_TYPE = 'event-type';
export const EVENT_PATTERN = 'event-pattern';

function withEnums(node: unknown, enums: Readonly<Record<string, readonly string[]>>): unknown {
  if (Array.isArray(node)) return node.map((item) => withEnums(item, enums));
  if (typeof node !== 'object' || node === null) return node;
  const { format } = node as { readonly format?: unknown };
  const known = typeof format === 'string' ? enums[format] : undefined;
  const members = Object.entries(node).map(([key, value]) => [key, withEnums(value, enums)] as const);
  return { ...(Object.fromEntries(members) as object), ...(known && { enum: known }) };
}

/** The description of the API with the event types that this service knows, those of its consumer included. */
export function withEventTypes(document: OpenAPIObject, catalog: EventCatalog): OpenAPIObject {
  const types = catalog.all().map(({ event }) => event);
  const families = types.map((type) => `${type.split('.')[0] ?? ''}.*`);
  const patterns = [...new Set([...types, ...families, '*'])];
  return withEnums(document, { [EVENT_TYPE]: types, [EVENT_PATTERN]: patterns }) as OpenAPIObject;
}
