import type { OpenAPIObject } from '@nestjs/swagger';

/** `generate_secret` beside a secret of one's own: which of them would count? */
const TWO_SECRETS = {
  type: 'object',
  required: ['secret', 'generate_secret'],
  properties: {
    secret: { type: 'string', minLength: 1 },
    generate_secret: { type: 'boolean', enum: [true] },
  },
} as const;

/** Of these other names are refused: what they hold would be lost. */
const CLOSED = [
  ...['EmitEventDto', 'EmitEventsDto', 'PreviewEventDto', 'MatchWebhooksDto'],
  ...['RotateSecretDto', 'RecoverWebhookDto'],
];

/** The description of the API with the rules that join two fields, which no decorator of one field can say. */
export function withJoinedRules(document: OpenAPIObject): OpenAPIObject {
  const { schemas = {} } = document.components ?? {};
  const { CreateWebhookDto: create } = schemas;
  const joined = {
    ...schemas,
    ...(create && { CreateWebhookDto: { ...create, not: { ...TWO_SECRETS } } }),
    ...Object.fromEntries(
      CLOSED.flatMap((name) =>
        schemas[name] ? [[name, { ...schemas[name], additionalProperties: false }]] : [],
      ),
    ),
  };
  return { ...document, components: { ...document.components, schemas: joined as typeof schemas } };
}

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

function inWords(property: Schema): Schema {
  if ('$ref' in property || property.default === undefined) return property;
  const { description, ...rest } = property;
  const value: unknown = rest.default;
  delete rest.default;
  const before = description === undefined ? '' : `${description.replace(/\.?$/, '.')} `;
  return { ...rest, description: `${before}Default: ${JSON.stringify(value)}.` };
}

/**
 * The description of the API with the defaults of bodies as sentences. As `default` they cost users of generated clients
 * dearly: openapi-typescript makes such fields required, and openapi-python-client leaves out the whole operation when a
 * default is null or an object.
 */
export function withDefaultsInWords(document: OpenAPIObject): OpenAPIObject {
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]): [string, Schema] => {
      if (!('properties' in schema)) return [name, schema];
      const worded = Object.entries(schema.properties).map(
        ([key, property]) => [key, inWords(property)] as const,
      );
      return [name, { ...schema, properties: Object.fromEntries(worded) }];
    },
  );
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } };
}
