import { AxiosHeaders, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { OutboundAgent } from './outbound-agent.js';
import { ResponseReader, type CutResponse, type ReaderCallbacks } from './response-reader.js';
import { UrlCache } from './url-cache.js';

/** Reads off the connection that it is given, and can be ended from the moment on that it exists. */
function start(
  agent: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { signal }: InternalAxiosRequestConfig,
  callbacks: ReaderCallbacks,
): void {
  const reader = new ResponseReader(callbacks);
  if (signal) signal.onabort = () => reader.abort();
  agent.dispatch(options, reader);
}

/** One exchange; one more, at once and on a new connection, when the kept one had been closed meanwhile. */
function exchange(
  { kept, fresh }: OutboundAgent,
  options: Dispatcher.DispatchOptions,
  config: InternalAxiosRequestConfig,
): Promise<CutResponse> {
  return new Promise((answered, failed) => {
    const stale = (): void => start(fresh, options, config, { answered, failed, stale: failed });
    start(kept, options, config, { answered, failed, stale });
  });
}

/**
 * Lets axios, and so Nest's `HttpService`, send through undici. POST only; the body is a Buffer and goes out as it is.
 * Of the headers of the answer only `Retry-After` is passed on: to wrap them all costs CPU, and nobody asks.
 */
export function undiciAdapter(agent: OutboundAgent): AxiosAdapter {
  const urls = new UrlCache();
  return async (config) => {
    const headers = { ...(config.headers as unknown as Record<string, string>) };
    const options = {
      ...urls.get(config.url ?? ''),
      method: 'POST',
      headers,
      body: config.data as Buffer,
    } as const;
    const { status, headers: received, body } = await exchange(agent, options, config);
    const [retryAfter] = [received['retry-after'] ?? []].flat();
    return {
      data: body,
      status,
      statusText: '',
      headers:
        retryAfter === undefined ? new AxiosHeaders() : new AxiosHeaders({ 'retry-after': retryAfter }),
      config,
    };
  };
}
