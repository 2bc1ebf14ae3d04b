import axios, { type CancelToken, type GenericAbortSignal } from 'axios';

/**
 * Ends one request: as much of an `AbortSignal` as axios and our adapter need. A real one, or the token that
 * `HttpService` makes and cancels after every request, an error with its stack included, costs more CPU than the request.
 */
export class AbortFlag implements GenericAbortSignal {
  aborted = false;
  /** It is ended without a result: the service stops. */
  isInterrupted = false;
  /** Called once, at once when the request is ended. */
  onabort: (() => void) | null = null;

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.onabort?.();
  }
}

/** Given to `HttpService` so that it does not make one of its own. */
export const NEVER_CANCELLED: CancelToken = axios.CancelToken.source().token;
