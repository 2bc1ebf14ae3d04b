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

/** The description of the API with the rules that join two fields, which no decorator of one field can say. */
export function withJoinedRules(document: OpenAPIObject): OpenAPIObject {
  const { schemas = {} } = document.components ?? {};
  const { CreateWebhookDto: create } = schemas;
  const joined = { ...schemas, ...(create && { CreateWebhookDto: { ...create, not: { ...TWO_SECRETS } } }) };
  return { ...document, components: { ...document.components, schemas: joined as typeof schemas } };
}
