import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../domain-error.js';
import { isDeeperThan } from '../json/raw-json.js';
import { type BodyPlace, BodyRoom } from './body-room.js';
import { readBody } from './read-body.js';

/** A request whose body was read by `JsonBodyGuard`. */
export interface JsonRequest extends Request {
  /** The text of the body, exactly as it came; undefined without a body. */
  rawJson?: string;
  /** Of a body parser that was asked to keep what it reads (Nest's option `rawBody`). */
  readonly rawBody?: Buffer;
  /** What the body takes up; who needs it for longer than the request lasts keeps it, and leaves it. */
  place?: BodyPlace;
}

/** How large bodies may be, in bytes. */
export interface BodyLimits {
  readonly single: number;
  /** Of the path that takes up to 1000 events at once. */
  readonly batch: number;
}

/** DI token of the `BodyLimits`. */
export const BODY_LIMITS = Symbol('BODY_LIMITS');

/** Levels of a body. */
export const MAX_DEPTH = 64;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;
/** What a page may send to another origin without asking it first (Fetch standard, CORS-safelisted request header). */
const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i;
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

function tooDeep(): DomainError {
  const message = `The body is nested more than ${MAX_DEPTH} levels deep`;
  const msg = `must be at most ${MAX_DEPTH} levels deep`;
  return new DomainError('unprocessable', 'too_deep', message, [{ loc: ['body'], msg, type: 'too_deep' }]);
}

/** @throws DomainError when it is no JSON, or nested too deep */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) throw tooDeep();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`JSON: ${mistakeOf(error)}`);
  }
}

/** What a body parser of the application around us has read: the text itself, where it was asked to keep it. */
function textOfParsed({ body, rawBody }: JsonRequest): string {
  if (rawBody) return decode(rawBody);
  try {
    return JSON.stringify(body);
  } catch {
    throw tooDeep();
  }
}

function unsupported(why: string): HttpException {
  return new HttpException(`Send the body ${why}`, 415);
}

/** Why a body cannot be taken, by its head; undefined = it can. */
function refusal({ headers }: Request): HttpException | undefined {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    return unsupported('as Content-Type: application/json');
  }
  const isEncoded = (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
  return isEncoded ? unsupported('without Content-Encoding') : undefined;
}

/** A form without fields has no body, and a browser sends it across origins unasked all the same. */
function isForm({ method, headers }: Request): boolean {
  return !SAFE_METHODS.has(method) && FORM_TYPE.test(headers['content-type'] ?? '');
}

const bytesOf = (request: JsonRequest, limit: number): Promise<Buffer> =>
  readBody(request, limit, () => request.place?.isWanted ?? false);

/** The text of a body that the head of the request does not give the length of: there may be none. */
async function readChunked(request: JsonRequest, limit: number): Promise<string> {
  const refused = refusal(request);
  try {
    return decode(await bytesOf(request, refused ? 0 : limit));
  } catch (error) {
    throw refused ?? error;
  }
}

async function readText(request: JsonRequest, limit: number): Promise<string> {
  const { headers } = request;
  if (isForm(request)) throw unsupported('as Content-Type: application/json');
  if (headers['transfer-encoding'] !== undefined) return readChunked(request, limit);
  if (Number(headers['content-length'] ?? 0) === 0) return '';
  const refused = refusal(request);
  if (refused) throw refused;
  return decode(await bytesOf(request, limit));
}

/** How much the body of a request may take up. One that says that it is too large is refused at once, and takes nothing. */
function claimedBytes({ headers }: Request, limit: number): number {
  if (headers['transfer-encoding'] !== undefined) return limit;
  const length = Number(headers['content-length'] ?? 0);
  return length > limit ? 0 : length;
}

/**
 * Reads JSON bodies and keeps their text, so that data can be passed on exactly as it came. Anything but JSON is 415,
 * also because a browser cannot send JSON across origins unasked. An empty body is none, whatever it is called: proxies
 * frame a request without one anew, as chunks. The last of the guards: for who may not call nothing is read; and Nest
 * does less for a guard than for an interceptor, which shows on the hot path.
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  constructor(
    @Inject(BODY_LIMITS) private readonly limits: BodyLimits,
    private readonly room: BodyRoom,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<JsonRequest>();
    const text = await this.textOf(request, http.getResponse<Response>());
    if (text === '') return true;
    request.rawJson = text;
    request.body = parseJson(text);
    return true;
  }

  /** A client that leaves meanwhile has left its place in the queue when its turn comes. */
  private async enter(request: JsonRequest, response: Response, bytes: number): Promise<void> {
    const place = await this.room.enter(bytes);
    request.place = place;
    if (response.destroyed) place.close();
    else response.once('close', () => place.close());
  }

  private async textOf(request: JsonRequest, response: Response): Promise<string> {
    // Somebody has read it already: the application around us has a body parser of its own.
    if (request.body !== undefined && !isForm(request)) return textOfParsed(request);
    const { single, batch } = this.limits;
    const limit = BATCH_PATH.test(request.path) ? batch : single;
    const bytes = claimedBytes(request, limit);
    if (bytes > 0) await this.enter(request, response, bytes);
    return readText(request, limit);
  }
}
