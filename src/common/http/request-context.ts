import { AsyncLocalStorage } from 'node:async_hooks';
import type { NextFunction, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';

interface Context {
  readonly requestId: string;
  /** Name of the API key, once it is known. */
  caller?: string;
}

const GIVEN_ID = /^[\x21-\x7e]{1,128}$/;
const storage = new AsyncLocalStorage<Context>();

/** What a log line says of the request that it belongs to. */
export function currentRequest(): Readonly<Context> | undefined {
  return storage.getStore();
}

/** Notes whose API key the request came with. */
export function noteCaller(name: string): void {
  const context = storage.getStore();
  if (context) context.caller = name;
}

/** Gives each request an id, the caller's `X-Request-Id` if it is a decent one, and answers it. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && GIVEN_ID.test(given) ? given : uuidv7();
  response.setHeader('X-Request-Id', requestId);
  storage.run({ requestId }, next);
}
