import { CliError, EXIT } from './exit.js';
import type { Connection } from './settings.js';

/** JSON as it came. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What was answered: read, and as it was written, which keeps numbers that are too long for JavaScript. */
export interface Answer<Body = Json> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

export interface Call {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is: JSON that somebody else has written. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the answer may take. @default `--timeout` */
  readonly seconds?: number;
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly loc?: readonly (string | number)[]; readonly msg?: string }[];
}

/** Why there was no answer, in words; codes as of Node and undici. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; is the service running?',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be looked up',
  ECONNRESET: 'the connection was cut off',
  UND_ERR_SOCKET: 'the connection was cut off',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is by an unknown authority; see NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is by an unknown authority; see NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is by an unknown authority; see NODE_EXTRA_CA_CERTS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function statusFor(status: number): CliError['status'] {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  if (status === 404) return EXIT.notFound;
  return status >= 500 ? EXIT.unreachable : EXIT.refused;
}

/** `detail` of the answer, and below it each field with what is wrong with it, unless `detail` has said so. */
function sentenceOf(body: Problem | null): string | undefined {
  const { detail, errors = [] } = body ?? {};
  if (detail === undefined) return undefined;
  const more = errors.filter(({ msg = '' }) => !detail.includes(msg));
  const [only] = more;
  if (errors.length === 1 && only?.msg?.startsWith(detail) === true) return only.msg;
  return [detail, ...more.map(({ loc = [], msg = '' }) => `  ${loc.slice(1).join('.')}: ${msg}`)].join('\n');
}

/** Calls the service, and turns what goes wrong into a sentence and an exit status. */
export class Api {
  constructor(
    private readonly connection: Connection,
    /** How long one answer may take. */
    private readonly timeoutSeconds: number,
  ) {}

  get url(): string {
    return this.connection.url;
  }

  /** A call below `/api/v1`; the shape of the answer is that of the API's documents. */
  async call<Body = Json>(method: string, path: string, call: Call = {}): Promise<Answer<Body>> {
    const response = await this.open(method, `/api/v1${path}`, call);
    if (!response.ok) throw this.problem(response.status, (await this.read<Problem>(response)).body);
    return this.read(response);
  }

  get<Body = Json>(path: string, query: Query = {}): Promise<Answer<Body>> {
    return this.call('GET', path, { query });
  }

  /** Whatever is answered outside `/api/v1`, be it success or not. */
  async ask<Body>(path: string): Promise<Answer<Body | null>> {
    return this.read(await this.open('GET', path, {}));
  }

  /** The answer as it comes, for streams; it must be one of success. */
  async stream(path: string, call: Call): Promise<Response> {
    const response = await this.open('GET', `/api/v1${path}`, call, true);
    if (response.ok) return response;
    throw this.problem(response.status, (await this.read<Problem>(response)).body);
  }

  private problem(status: number, body: Problem | null): CliError {
    const said = sentenceOf(body) ?? `${this.url} answered ${status}`;
    if (status !== 401) return new CliError(statusFor(status), said);
    const given = this.connection.apiKey === undefined ? 'gave none' : 'gave one that it does not know';
    const way = 'set BASSET_WEBHOOKS_API_KEY or run basset-webhooks login';
    return new CliError(EXIT.notAllowed, `${this.url} asks for an API key and this command ${given}: ${way}`);
  }

  private async open(method: string, path: string, call: Call, isStream = false): Promise<Response> {
    const { seconds = this.timeoutSeconds } = call;
    const limit = isStream ? [] : [AbortSignal.timeout(seconds * 1000)];
    const signals = [...limit, ...(call.signal ? [call.signal] : [])];
    const text = call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    try {
      return await fetch(`${this.url}${path}${queryString(call.query)}`, {
        method,
        headers: this.headers(text, call),
        redirect: 'manual',
        ...(text === undefined ? {} : { body: text }),
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      });
    } catch (error) {
      throw this.unreachable(error, seconds);
    }
  }

  private headers(text: string | undefined, call: Call): Record<string, string> {
    const { apiKey } = this.connection;
    return {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...call.headers,
    };
  }

  private unreachable(error: unknown, seconds = this.timeoutSeconds): Error {
    const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
    if (name === 'AbortError') return error as Error;
    const why =
      name === 'TimeoutError'
        ? `no answer within ${seconds} s`
        : (CAUSES[cause?.code ?? ''] ?? cause?.message ?? String(error));
    return new CliError(EXIT.unreachable, `${this.url} cannot be reached: ${why}`);
  }

  private async read<Body>(response: Response): Promise<Answer<Body>> {
    const text = await response.text().catch((error: unknown) => {
      throw this.unreachable(error);
    });
    const { status } = response;
    try {
      const read = text === '' && response.ok ? 'null' : text;
      return { status, text, body: JSON.parse(read) as Body };
    } catch {
      const location = response.headers.get('location');
      const why = location ? `sends on to ${location}` : `answers ${status} with something that is no JSON`;
      throw new CliError(EXIT.unreachable, `${this.url} is no Basset Hound Webhooks: it ${why}`);
    }
  }
}

function queryString(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
