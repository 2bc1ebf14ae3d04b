import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { PAYLOADS, type JsonSchema } from '../../src/events/payload-schemas.js';

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);

/** As the schema, but for what is written here: keys that are not described are errors. */
function closed({ anyOf, ...schema }: JsonSchema): object {
  if (anyOf) return { ...schema, anyOf: anyOf.map(closed) };
  return schema.properties ? { ...schema, additionalProperties: false } : schema;
}

const validators = new Map(
  Object.entries(PAYLOADS).map(([event, { schema }]) => [event, ajv.compile(closed(schema))]),
);

/** What is wrong with the `data` of an event that this service writes itself, by its own description. */
export function payloadErrors(event: string, data: unknown): string[] {
  const isValid = validators.get(event);
  if (!isValid) return [`${event} is not described`];
  return isValid(data) ? [] : [`${event} ${ajv.errorsText(isValid.errors)}: ${JSON.stringify(data)}`];
}
