import type { IncomingHttpHeaders } from 'node:http';
import { AxiosHeaders, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { OutboundAgent } from './outbound-agent.js';
import type { OutboundRequest } from './outbound-request.js';
import { ResponseReader, type CutResponse, type ReaderCallbacks } from './response-reader.js';
import { UrlCache } from './url-cache.js';

const NO_HEADERS = new AxiosHeaders();

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

function retryAfter({ 'retry-after': received }: IncomingHttpHeaders): AxiosHeaders {
  // Undici gives a list when a header is repeated.
  const [first] = [received ?? []].flat();
  return first === undefined ? NO_HEADERS : new AxiosHeaders({ 'retry-after': first });
}

/** All of them; of one that is repeated the first. */
function allHeaders(received: IncomingHttpHeaders): AxiosHeaders {
  const headers = new AxiosHeaders();
  for (const [name, value] of Object.entries(received)) {
    const [first] = [value ?? []].flat();
    if (first !== undefined) headers.set(name, first);
  }
  return headers;
}

/**
 * Lets axios, and so Nest's `HttpService`, send through undici. Takes an `OutboundRequest` and posts it as it is.
 * Of the headers of the answer only `Retry-After` is passed on, unless more is asked for: to wrap them all costs CPU.
 */
export function undiciAdapter(agent: OutboundAgent): AxiosAdapter {
  const urls = new UrlCache();
  return async (config) => {
    const { headers, body, method, wantsHeaders } = config.data as OutboundRequest;
    const options = { ...urls.get(config.url ?? ''), method, headers, body };
    const response = await exchange(agent, options, config);
    return {
      data: response.body,
      status: response.status,
      statusText: '',
      headers: wantsHeaders ? allHeaders(response.headers) : retryAfter(response.headers),
      config,
    };
  };
}
