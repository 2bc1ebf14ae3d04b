import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../domain-error.js';
import { isDeeperThan } from '../json/raw-json.js';
import { readBody } from './read-body.js';

/** A request whose body was read by `JsonBodyGuard`. */
export interface JsonRequest extends Request {
  /** The text of the body, exactly as it came; undefined without a body. */
  rawJson?: string;
}

/** How large bodies may be, in bytes. */
export interface BodyLimits {
  readonly single: number;
  /** Of the path that takes up to 1000 events at once. */
  readonly batch: number;
}

/** DI token of the `BodyLimits`. */
export const BODY_LIMITS = Symbol('BODY_LIMITS');

const MAX_DEPTH = 64;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;
const BATCH_PATH = /\/events\/batch\/?$/i;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

function malformed(why: string): DomainError {
  return new DomainError('invalid', 'malformed_body', `The body is not valid ${why}`);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('UTF-8');
  }
}

/** What is wrong, without the text around it, which V8 shows in some messages and which may be a secret. */
function mistakeOf(error: unknown): string {
  const { message } = error as Error;
  if (!message.endsWith('is not valid JSON')) return message;
  return /^Unexpected token '.'/su.exec(message)?.[0] ?? 'it is no value of JSON';
}

/** @throws DomainError when it is no JSON, or nested too deep */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) {
    const message = `The body is nested more than ${MAX_DEPTH} levels deep`;
    throw new DomainError('unprocessable', 'too_deep', message, [
      { loc: ['body'], msg: `must be at most ${MAX_DEPTH} levels deep`, type: 'too_deep' },
    ]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`JSON: ${mistakeOf(error)}`);
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A form without fields has no body, and a browser sends it across origins unasked all the same. */
function isForm({ method, headers }: Request): boolean {
  return headers['content-type'] !== undefined && !SAFE_METHODS.has(method);
}

function assertReadable({ headers }: Request): void {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new HttpException('Send the body as Content-Type: application/json', 415);
  }
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new HttpException('Send the body without Content-Encoding', 415);
  }
}

/**
 * Reads JSON bodies and keeps their text, so that data can be passed on exactly as it came. Anything but JSON is 415,
 * also because a browser cannot send JSON across origins unasked. The last of the guards: for who may not call nothing
 * is read; and Nest does less for a guard than for an interceptor, which shows on the hot path.
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  constructor(@Inject(BODY_LIMITS) private readonly limits: BodyLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<JsonRequest>();
    if (hasBody(request) || isForm(request)) assertReadable(request);
    if (hasBody(request)) {
      const { single, batch } = this.limits;
      request.rawJson = decode(await readBody(request, BATCH_PATH.test(request.path) ? batch : single));
      request.body = parseJson(request.rawJson);
    }
    return true;
  }
}
