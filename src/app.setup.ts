import type { Server } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ApiKeyGuard } from './auth/api-key.guard.js';
import { BrowserGuard } from './auth/browser.guard.js';
import { docsAccess } from './auth/docs-access.js';
import { methodNotAllowed } from './common/http/method-not-allowed.js';
import { accessLog, requestContext } from './common/http/request-context.js';
import { responseHeaders } from './common/http/response-headers.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';
import { serveConsole } from './console/console-pages.js';
import { describeApi } from './describe-api.js';
import { RequestMetrics } from './metrics/request-metrics.js';

const PREFIX = 'api/v1';
/** A client whose request is not read to its end in this time is dropped, ms: it may have to wait until there is room for it. */
const REQUEST_TIMEOUT_MS = 600_000;
const HEADERS_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;

/** For pages of these origins only, and without cookies: the API has none. */
function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'Traceparent',
      'X-API-Key',
      'X-Request-Id',
    ],
    exposedHeaders: ['Allow', 'ETag', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
    maxAge: 600,
  });
}

function serveDocs(app: NestExpressApplication, document: OpenAPIObject): void {
  app.use(['/docs', '/openapi.json'], docsAccess(app.get(BrowserGuard), app.get(ApiKeyGuard)));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}

function limitSlowClients(server: Server): void {
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}

/** Everything between the bare application and one that may listen; the same for the service and its tests. */
export function setUpApp(app: NestExpressApplication): NestExpressApplication {
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.setGlobalPrefix(PREFIX, {
    exclude: [
      { path: 'health/live', method: RequestMethod.GET },
      { path: 'health/ready', method: RequestMethod.GET },
      { path: 'metrics', method: RequestMethod.GET },
      { path: 'console/session', method: RequestMethod.ALL },
    ],
  });
  const document = describeApi(app);
  const { logLevel, corsOrigins, console: hasConsole } = app.get<ServiceConfig>(serviceConfig.KEY);
  app.use(app.get(RequestMetrics).count, requestContext, responseHeaders);
  if (logLevel === 'debug') app.use(accessLog);
  if (corsOrigins.length > 0) allowOrigins(app, corsOrigins);
  app.use(methodNotAllowed(document));
  serveDocs(app, document);
  if (hasConsole) serveConsole(app);
  limitSlowClients(app.getHttpServer());
  return app;
}
