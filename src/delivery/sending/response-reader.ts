import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What is kept of the body of an answer, and how much more is read so that the connection can be used again. */
const KEPT_BYTES = 1024;
const READ_BYTES = 64 * 1024;

/** An answer, its body cut to 1 KiB. */
export interface CutResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads one answer: 1 KiB is kept, the rest dropped; a body without end costs its connection, not our memory. */
export class ResponseReader implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;
  private aborted: Error | undefined;

  constructor(
    private readonly resolve: (response: CutResponse) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** Ends the request, whatever its state. */
  abort(reason: Error): void {
    this.aborted = reason;
    this.controller?.abort(reason);
    this.reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.aborted) controller.abort(this.aborted);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.readBytes += chunk.length;
    if (this.keptBytes < KEPT_BYTES) {
      const part = chunk.subarray(0, KEPT_BYTES - this.keptBytes);
      this.kept.push(Buffer.from(part));
      this.keptBytes += part.length;
    }
    if (this.readBytes <= READ_BYTES) return;
    this.finish();
    controller.abort(new Error('The answer is longer than anyone needs'));
  }

  onResponseEnd(): void {
    this.finish();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }

  private finish(): void {
    this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.kept) });
  }
}
