import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type AnswerStatus, statusBeingRead } from './answer-status.js';
import { isEndOfUsedConnection } from './guarded-connector.js';
import { DeadlineError, NotHttpError } from './request-errors.js';

/** What is kept of the body of an answer, where nobody asks for more. */
export const KEPT_BYTES = 1024;
/** How much more, and how long, is read after that so that the connection can be used again. */
const DROPPED_BYTES = 64 * 1024;
const DROP_MS = 1000;
/** Interim answers (1xx) before the real one; a receiver needs one or two (RFC 9110, section 15.2). */
const MAX_INTERIM = 16;
/** An end that was on its way when a request was sent is here within a round trip; a later one may follow from it. */
const STALE_MS = 1000;

/** An answer, its body cut. */
export interface CutResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ReaderCallbacks {
  readonly answered: (response: CutResponse) => void;
  readonly failed: (error: Error) => void;
  /** A kept connection turned out to be closed before any byte of an answer. */
  readonly stale: (error: Error) => void;
}

const ENDED = new Error('The request was ended');

/**
 * Reads one answer: done after the part of its body that is kept; the rest is dropped, and a long one costs its
 * connection. With its status line the receiver has answered: headers or a body that break off, are garbage or never end
 * change nothing.
 */
export class ResponseReader implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  /** Of the connection, from the first byte of an answer on. */
  private answer: AnswerStatus | undefined;
  private startedAt = 0;
  private done = false;
  private ended = false;
  private interim = 0;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly kept: Buffer[] = [];
  private readBytes = 0;
  private dropTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly callbacks: ReaderCallbacks,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  /** Ends the request, whatever its state: with the answer, if its status was read. */
  abort(): void {
    if (this.done) return;
    this.ended = true;
    this.conclude(new DeadlineError(this.controller !== undefined));
    this.controller?.abort(ENDED);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.startedAt = performance.now();
    if (this.ended) controller.abort(ENDED);
  }

  /** The first byte of an answer. */
  onResponseStarted(): void {
    this.answer = statusBeingRead();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) {
      this.interim += 1;
      if (this.interim > MAX_INTERIM) controller.abort(new NotHttpError('Nothing but interim answers'));
      return;
    }
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.keptBytes - this.readBytes;
    if (room > 0) this.kept.push(Buffer.from(chunk.subarray(0, room)));
    this.readBytes += chunk.length;
    if (this.readBytes < this.keptBytes) return;
    if (!this.done) {
      this.finish();
      this.dropTimer = setTimeout(() => controller.abort(ENDED), DROP_MS).unref();
    }
    if (this.readBytes > this.keptBytes + DROPPED_BYTES) controller.abort(ENDED);
  }

  onResponseEnd(): void {
    clearTimeout(this.dropTimer);
    this.finish();
    this.answer?.reset();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    clearTimeout(this.dropTimer);
    if (!this.done) this.conclude(this.answer?.switched ? new NotHttpError('Another protocol') : error);
  }

  /** The answer as far as it came, or why there is none. */
  private conclude(error: Error): void {
    if (this.status === 0) this.status = this.answer?.final ?? 0;
    if (this.status > 0) {
      this.finish();
      return;
    }
    this.done = true;
    if (this.isStale(error)) this.callbacks.stale(error);
    else this.callbacks.failed(error);
  }

  private isStale(error: Error): boolean {
    if (this.answer || !isEndOfUsedConnection(error)) return false;
    return performance.now() - this.startedAt < STALE_MS;
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    this.callbacks.answered({ status: this.status, headers: this.headers, body: Buffer.concat(this.kept) });
  }
}
