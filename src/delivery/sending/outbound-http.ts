import type { IncomingHttpHeaders } from 'node:http';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { createSecureContext } from 'node:tls';
import axios, {
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosInstance,
  type AxiosResponse,
  type CancelToken,
  type CreateAxiosDefaults,
  type GenericAbortSignal,
  type InternalAxiosRequestConfig,
} from 'axios';
import { type Dispatcher, Agent } from 'undici';
import { type CutResponse, KEPT_BYTES, type ReaderCallbacks, ResponseReader } from './response-reader.js';
import { partsOf, UrlCache } from './url-parts.js';
import { type ConnectorSettings, guardedConnector } from './guarded-connector.js';

/** Of Node.js 22.15 and newer; the types are those of the oldest version that we run on. */
type WithStores = typeof tls & { getCACertificates?: (store: 'default') => string[] };

/** What `NODE_EXTRA_CA_CERTS` adds; a file that cannot be read is Node's to warn of. */
function extraCertificates(file: string | undefined): string[] {
  try {
    return file ? [readFileSync(file, 'utf8')] : [];
  } catch {
    return [];
  }
}

/**
 * Whom Node.js trusts when it is told nothing: its own list, `NODE_EXTRA_CA_CERTS`, and the system's store where Node was
 * started with `--use-system-ca`. A list of one's own takes the place of all that, so these have to be in it.
 *
 * @param stores `node:tls`, which knows them all from Node.js 22.15 on
 */
export function authoritiesOfNode(stores: WithStores = tls, env = process.env): string[] {
  if (stores.getCACertificates) return stores.getCACertificates('default');
  return [...tls.rootCertificates, ...extraCertificates(env['NODE_EXTRA_CA_CERTS'])];
}

const KEEP_ALIVE_MS = 4000;
/** Of an answer; with more it counts by its status line. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * The connections to receivers, as many as the dispatcher asks for, one request at a time on each.
 * No proxy, no redirects, no cookies, no decompression; TLS is verified. The deadline is the sender's.
 */
export class OutboundAgent {
  /** Connections that are kept for the next request. */
  readonly kept: Agent;
  /** A new connection for every request. */
  readonly fresh: Agent;

  /** @param authorities certificates in PEM format to trust besides all that Node.js trusts */
  constructor(settings: Omit<ConnectorSettings, 'tls'>, authorities: readonly string[] = []) {
    // Made once: reading the 150 certificates of Node.js for each connection takes milliseconds.
    const tls =
      authorities.length > 0
        ? createSecureContext({ ca: [...authoritiesOfNode(), ...authorities] })
        : undefined;
    const options: Agent.Options = {
      connect: guardedConnector({ ...settings, tls }),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS * 10,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.kept = new Agent({ ...options, pipelining: 1 });
    this.fresh = new Agent({ ...options, pipelining: 0 });
  }

  /** Ends all connections, whatever is going on on them. */
  async destroy(): Promise<void> {
    await Promise.all([this.kept.destroy(), this.fresh.destroy()]);
  }
}

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

/**
 * What the adapter sends, as `data` of the axios config. The headers travel with the body instead of in the config:
 * axios copies and checks those several times over, for more CPU than signing takes. A class, so that axios passes it on
 * by reference.
 */
export class OutboundRequest {
  constructor(
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Buffer,
    readonly method: 'POST' | 'PUT' | 'OPTIONS' = 'POST',
    /** Whether all headers of the answer are passed on, and not `Retry-After` alone. */
    readonly wantsHeaders = false,
    /** Bytes of the answer's body that are kept. */
    readonly keptBytes = KEPT_BYTES,
    /** The webhook's URL, where whoever knows it can send: nothing of what is called is remembered. */
    readonly secretUrl?: string,
  ) {}
}

const NO_HEADERS = new AxiosHeaders();

/** Reads off the connection that it is given, and can be ended from the moment on that it exists. */
function start(
  agent: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { signal, data }: InternalAxiosRequestConfig,
  callbacks: ReaderCallbacks,
): void {
  const reader = new ResponseReader(callbacks, (data as OutboundRequest).keptBytes);
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

/** Undici gives a list when a header is repeated: the longest of these waits counts. */
const allOf = (value: string | string[]): string => [value].flat().join(', ');

function retryAfter({ 'retry-after': received }: IncomingHttpHeaders): AxiosHeaders {
  return received === undefined ? NO_HEADERS : new AxiosHeaders({ 'retry-after': allOf(received) });
}

/** All of them; of one that is repeated the first, but all of what says how long to wait. */
function allHeaders(received: IncomingHttpHeaders): AxiosHeaders {
  const headers = new AxiosHeaders();
  for (const [name, value] of Object.entries(received)) {
    const [first] = [value ?? []].flat();
    if (value === undefined || first === undefined) continue;
    headers.set(name, name === 'retry-after' ? allOf(value) : first);
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
    const { headers, body, method, wantsHeaders, secretUrl } = config.data as OutboundRequest;
    const url = config.url ?? '';
    const { origin, path } = secretUrl === undefined ? urls.get(url) : partsOf(url);
    const options = { origin, path, method, headers, body };
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

/** What axios itself asks its managers; their types leave it out. */
interface Interceptors {
  forEach(visit: () => void): void;
}

function isIntercepted({ interceptors }: AxiosInstance): boolean {
  let intercepted = false;
  for (const manager of Object.values(interceptors) as unknown as Interceptors[]) {
    manager.forEach(() => (intercepted = true));
  }
  return intercepted;
}

/** What axios makes of a request to this adapter costs as much as the request: without interceptors it goes there at once. */
function shorten(instance: AxiosInstance, adapter: AxiosAdapter): void {
  const request = instance.request.bind(instance);
  const direct = (config: InternalAxiosRequestConfig): Promise<AxiosResponse> =>
    isIntercepted(instance) ? request(config) : adapter(config);
  instance.request = direct as typeof instance.request;
}

/**
 * The axios instance behind `HttpService`, for requests that are an `OutboundRequest`. Of a request's 14 µs axios needs
 * half to merge its defaults (measured): those that our adapter does not read are left out.
 */
export function outboundAxios(agent: OutboundAgent): AxiosInstance {
  const adapter = undiciAdapter(agent);
  const settings: CreateAxiosDefaults = {
    adapter,
    // Nothing may touch the bytes that were signed, nor take an answer for an error.
    transformRequest: [],
    transformResponse: [],
    validateStatus: null,
    maxRedirects: 0,
  };
  const instance = axios.create(settings);
  for (const name of Object.keys(instance.defaults)) {
    if (!(name in settings)) Reflect.deleteProperty(instance.defaults, name);
  }
  shorten(instance, adapter);
  return instance;
}
