import type { OpenAPIObject } from '@nestjs/swagger';

type Members = Readonly<Record<string, unknown>>;

const NULL = { type: 'null' };

/** `nullable` is a word of 3.0: in 3.1 a schema is JSON Schema, where null is a type. */
function withNull({ nullable, ...schema }: Members): Members {
  if (nullable !== true) return schema;
  // Beside a reference Nest repeats the type; null would have to be all that the reference says, too.
  const { description, example, type, ...rest } = schema;
  if (typeof type === 'string' && rest['allOf'] === undefined) return { ...schema, type: [type, 'null'] };
  const said = {
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
  return { ...said, anyOf: [rest, NULL] };
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
