const API = '/api/v1';

/** One bad field, as the API names it. */
export interface FieldError {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

/** How long the service asks to wait. */
export interface Wait {
  readonly ms: number;
  /** RFC 3339 */
  readonly until: string;
}

/** An answer that is no success, or none at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly FieldError[] = [],
    readonly wait?: Wait,
  ) {
    super(message);
  }
}

/** The service gives it in seconds; a proxy may give a time, which is as much as not to say it. */
function waitOf({ headers }: Response): Wait | undefined {
  const seconds = /^\d{1,5}$/.exec(headers.get('retry-after') ?? '');
  if (!seconds) return undefined;
  const ms = Number(seconds[0]) * 1_000;
  return { ms, until: new Date(Date.now() + ms).toISOString() };
}

let whenSignedOut: () => void = () => undefined;

/** Calls `listener` whenever the API says that nobody is signed in. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

/** Somebody found out otherwise that nobody is signed in. */
export const signedOut = (): void => whenSignedOut();

interface Problem {
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly FieldError[];
}

function problemOf(response: Response, text: string): ApiError {
  const { status } = response;
  try {
    const { detail, title, errors } = JSON.parse(text) as Problem;
    return new ApiError(status, detail ?? title ?? `HTTP ${status}`, errors, waitOf(response));
  } catch {
    return new ApiError(status, `The service answered HTTP ${status}.`, [], waitOf(response));
  }
}

async function request(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      credentials: 'same-origin',
      // None of its own where it reads: then it takes what the browser has begun to read for the page (`first-calls.ts`).
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      // A text is JSON already: numbers keep their digits.
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'The service does not answer.');
  }
}

/** The text of a successful answer. @throws ApiError */
export async function callForText(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<string> {
  const response = await request(method, url, body, signal);
  const text = await response.text();
  if (response.ok) return text;
  if (response.status === 401 && url.startsWith(API)) whenSignedOut();
  throw problemOf(response, text);
}

/** Reads from the API. @throws ApiError */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return JSON.parse(await callForText('GET', API + path, undefined, signal)) as T;
}

/** Changes something through the API, or asks with a body. @throws ApiError */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const text = await callForText(method, API + path, body, signal);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** A query string of what is given; '' when nothing is. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
