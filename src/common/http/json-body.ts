import { HttpException } from '@nestjs/common';
import bodyParser from 'body-parser';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { DomainError } from '../domain-error.js';
import { isDeeperThan } from '../json/raw-json.js';

/** A request whose body was read by `jsonBody`. */
export interface JsonRequest extends Request {
  /** The text of the body, exactly as it came; undefined without a body. */
  rawJson?: string;
}

export interface JsonBodyLimits {
  /** Bytes. */
  readonly single: number;
  /** Bytes, for the paths that take many at once. */
  readonly batch: number;
}

export const DEFAULT_BODY_LIMITS: JsonBodyLimits = { single: 1024 * 1024, batch: 16 * 1024 * 1024 };

const MAX_DEPTH = 64;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Buffer): { readonly text: string; readonly value: unknown } {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new DomainError('invalid', 'malformed_body', 'The body is not valid UTF-8');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeperThan(text, MAX_DEPTH)) {
      throw new DomainError(
        'unprocessable',
        'too_deep',
        `The body is nested more than ${MAX_DEPTH} levels deep`,
      );
    }
    return { text, value };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError(
      'invalid',
      'malformed_body',
      `The body is not valid JSON: ${(error as Error).message}`,
    );
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function assertJson({ headers }: Request): void {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new HttpException('Send the body as Content-Type: application/json', 415);
  }
}

/**
 * Reads JSON bodies and keeps their text, so that data can be passed on exactly as it came. Anything but JSON is 415,
 * also because a browser cannot send JSON across origins unasked.
 */
export function jsonBody({ single, batch }: JsonBodyLimits = DEFAULT_BODY_LIMITS): RequestHandler {
  const reader = (limit: number): RequestHandler =>
    bodyParser.raw({ type: () => true, limit, inflate: false });
  const [readSingle, readBatch] = [reader(single), reader(batch)];
  return (request: JsonRequest, response: Response, next: NextFunction) => {
    if (!hasBody(request)) {
      next();
      return;
    }
    assertJson(request);
    const read = request.path.endsWith('/batch') ? readBatch : readSingle;
    read(request, response, (error?: unknown) => {
      if (error) {
        next(error);
        return;
      }
      try {
        const { text, value } = parse(request.body as Buffer);
        request.rawJson = text;
        request.body = value;
        next();
      } catch (failure) {
        next(failure);
      }
    });
  };
}
