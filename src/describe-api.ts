import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { asOpenApi31 } from './common/http/openapi-31.js';
import { type PublicEndpoint } from './common/http/public.js';
import { VERSION } from './common/version.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';
import { EventCatalog } from './events/event-catalog.js';
import { withWebhooks, withEventTypes } from './events/openapi-events.js';
import { withDefaultsInWords, withJoinedRules } from './webhooks/openapi-rules.js';

const TAGS: Readonly<Record<string, string>> = {
  events: 'Emit events.',
  webhooks: 'Who is told of which events.',
  deliveries: 'What became of the events.',
  projects: 'The webhooks of one project.',
  capture: 'How changes of the graph become events.',
  operations: 'For those who run the service.',
};

/** Which endpoint a path below the root belongs to. */
const ENDPOINTS: readonly (readonly [prefix: string, PublicEndpoint])[] = [
  ['/health/', 'health'],
  ['/metrics', 'metrics'],
];

function outline(): DocumentBuilder {
  const builder = new DocumentBuilder()
    .setTitle('Basset Hound Webhooks')
    .setDescription('Tells the outside world what happens in a Basset Hound investigation graph.')
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'Where this document comes from.');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return builder;
}

function withKeys(builder: DocumentBuilder): DocumentBuilder {
  return builder
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'One of API_KEYS' })
    .addApiKey({ type: 'apiKey', name: 'X-API-Key', in: 'header' })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('api_key');
}

/** The operations say that they need no key (`security: []`); those that the operator has closed do. */
function closeEndpoints({ paths }: OpenAPIObject, open: readonly PublicEndpoint[]): void {
  const closed = ENDPOINTS.filter(([, endpoint]) => !open.includes(endpoint));
  for (const [path, { get }] of Object.entries(paths))
    if (get && closed.some(([prefix]) => path.startsWith(prefix))) delete get.security;
}

/** The OpenAPI document of this service, as it is configured: with its event types, and keys only where it has some. */
export function describeApi(app: NestExpressApplication): OpenAPIObject {
  const { apiKeys, publicEndpoints } = app.get<ServiceConfig>(serviceConfig.KEY);
  const needsKeys = apiKeys.length > 0;
  const outlined = needsKeys ? withKeys(outline()).build() : { ...outline().build(), security: [] };
  const document = SwaggerModule.createDocument(app, outlined, { autoTagControllers: false });
  if (needsKeys) closeEndpoints(document, publicEndpoints);
  const complete = withDefaultsInWords(withJoinedRules(document));
  const catalog = app.get(EventCatalog, { strict: false });
  return asOpenApi31(withWebhooks(withEventTypes(complete, catalog), catalog));
}
