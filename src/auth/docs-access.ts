import type { RequestHandler } from 'express';
import type { ApiKeyGuard } from './api-key.guard.js';
import type { BrowserGuard } from './browser.guard.js';

/** The same rules for the documentation, which is served by Express and not by a controller: Nest asks no guard there. */
export function docsAccess(browsers: BrowserGuard, keys: ApiKeyGuard): RequestHandler {
  return (request, _, next) => {
    browsers.check(request);
    keys.check(request, 'docs');
    next();
  };
}
