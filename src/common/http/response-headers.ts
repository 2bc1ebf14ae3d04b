import type { NextFunction, Request, Response } from 'express';

/**
 * What a browser may do with answers: no guessing of types, no frames (somebody could be made to click "Execute" at
 * /docs), no copies in caches. By hand, because that is all that applies: most of helmet's headers concern pages of
 * one's own, and its content policy breaks Swagger UI.
 */
const HEADERS = new Map([
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "frame-ancestors 'none'"],
  ['Cache-Control', 'no-store'],
]);

export function responseHeaders(_: Request, response: Response, next: NextFunction): void {
  response.setHeaders(HEADERS);
  next();
}
