import type { OpenAPIObject } from '@nestjs/swagger';

type Members = Readonly<Record<string, unknown>>;

const NULL = { type: 'null' };

/** What is said of a value beside its shape. */
const REMARKS = ['description', 'example', 'default'];

/** `nullable` is a word of 3.0: in 3.1 a schema is JSON Schema, where null is a type. */
function withNull({ nullable, ...schema }: Members): Members {
  if (nullable !== true) return schema;
  const { type, allOf } = schema;
  if (typeof type === 'string' && allOf === undefined) return { ...schema, type: [type, 'null'] };
  const remarks = Object.entries(schema).filter(([name]) => REMARKS.includes(name));
  // Beside a reference Nest repeats the type; null would have to be all that the reference says, too.
  const shape = Object.entries(schema).filter(([name]) => ![...REMARKS, 'type'].includes(name));
  const isReference = Array.isArray(allOf) && allOf.length === 1 && shape.length === 1;
  const other: unknown = isReference ? allOf[0] : Object.fromEntries(shape);
  return { ...Object.fromEntries(remarks), anyOf: [other, NULL] };
}

function converted(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(converted);
  if (typeof node !== 'object' || node === null) return node;
  return withNull(Object.fromEntries(Object.entries(node).map(([key, value]) => [key, converted(value)])));
}

/** The document as OpenAPI 3.1, which has `webhooks`. Nest writes the schemas of 3.0. */
export function asOpenApi31(document: OpenAPIObject): OpenAPIObject {
  return { ...(converted(document) as OpenAPIObject), openapi: '3.1.0' };
}
