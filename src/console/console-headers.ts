import type { RequestHandler } from 'express';

/**
 * What the pages of the console may do: load what is served beside them, and call this service. No script that is not
 * a file, no frame, no form that goes elsewhere, and text never becomes markup (Trusted Types).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = new Map([
  ['Content-Security-Policy', POLICY],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]);

/** In the place of the general policy. */
export const consoleHeaders: RequestHandler = (_, response, next) => {
  response.setHeaders(HEADERS);
  next();
};
