import type { Request } from 'express';
import { noteCaller } from '../common/http/request-context.js';

/** Whose API key a request came with. */
export interface Caller {
  readonly name: string;
  /** It may look, and change nothing. */
  readonly readOnly: boolean;
  /** Wall clock, ms: when the session of a browser ends; absent = it came with the key itself. */
  readonly expiresAt?: number;
}

const CALLER = Symbol('caller');

type WithCaller = Request & { [CALLER]?: Caller };

/** undefined = there are no keys, or none was asked for. */
export function callerOf(request: Request): Caller | undefined {
  return (request as WithCaller)[CALLER];
}

/** Notes who called, for the handlers and for the log. */
export function setCaller(request: Request, caller: Caller): void {
  (request as WithCaller)[CALLER] = caller;
  noteCaller(request, caller.name);
}
