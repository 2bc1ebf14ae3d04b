import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { SessionSeal } from '../auth/session-seal.js';
import { consoleHeaders } from './console-headers.js';
import { FirstCalls } from './first-calls.js';

/** Where the build puts the pages: the same from `dist` and from `src`. */
const PAGES = join(import.meta.dirname, '..', '..', 'dist', 'console', 'public');
const INDEX = join(PAGES, 'index.html');
const NOT_BUILT = 'The pages of the console are not built: run npm run build.\n';

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** The files have the digest of their content in their names. */
const cacheable: RequestHandler = (_, response, next) => {
  response.removeHeader('Cache-Control');
  next();
};

/** Every path of the console is the one page, which looks at its address itself; what is no page goes on. */
const page =
  (first: FirstCalls): RequestHandler =>
  (request, response, next) => {
    const { path, method } = request;
    if (!isRead(method) || /^\/(?:session|assets)(?:\/|$)/i.test(path) || !request.accepts('html')) {
      next();
      return;
    }
    if (!existsSync(INDEX)) {
      response.status(404).type('text/plain').send(NOT_BUILT);
      return;
    }
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('Link', first.linkFor(request));
    response.sendFile(INDEX, { cacheControl: false, lastModified: false, dotfiles: 'allow' });
  };

/** Who opens the service in a browser wants to see something. */
const front: RequestHandler = ({ path, method, headers }, response, next) => {
  if (path === '/' && isRead(method) && headers.accept?.includes('text/html'))
    response.redirect(303, '/console/');
  else next();
};

/** The console's pages below `/console/`. They hold no data, so they are open; the calls that they make are guarded. */
export function serveConsole(app: NestExpressApplication): void {
  app.use(front);
  app.use('/console', consoleHeaders);
  app.use('/console/assets', cacheable);
  app.useStaticAssets(join(PAGES, 'assets'), {
    prefix: '/console/assets/',
    index: false,
    redirect: false,
    immutable: true,
    maxAge: '1y',
  });
  app.use('/console', page(new FirstCalls(app.get(ApiKeyGuard), app.get(SessionSeal))));
}
