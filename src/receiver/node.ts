import { CUT_OFF, TOO_LARGE, WRONG_METHOD, type ReceiverAnswer } from './handle.js';
import type { ReceivedRequest } from './verify.js';

/** As much of Node's `IncomingMessage`, or of the request of Express or Nest, as is needed. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Bytes that a body parser kept: `rawBody: true` of Nest. */
  readonly rawBody?: unknown;
  /** Bytes of `express.raw()`. */
  readonly body?: unknown;
  readonly readableDidRead?: boolean;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'error' | 'close', listener: () => void): this;
  pause(): unknown;
}

/** As much of Node's `ServerResponse` as is needed. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: string): unknown;
}

/** A body, or why there is none. */
type Read = { readonly body: unknown } | { readonly refused: ReceiverAnswer };

/** The whole body; one that is too large is left unread from there. */
function read(request: NodeRequest, limit: number): Promise<Read> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      request.pause();
      resolve({ refused: TOO_LARGE });
    });
    const lost = (): void => resolve({ refused: CUT_OFF });
    request.on('error', lost).on('close', lost);
    request.on('end', () => {
      const body = new Uint8Array(length);
      chunks.reduce((at, chunk) => (body.set(chunk, at), at + chunk.length), 0);
      resolve({ body });
    });
  });
}

/** As a parser kept it, else from the stream. What was parsed already is handed on, to be refused. */
async function receive(request: NodeRequest, limit: number): Promise<Read> {
  if (request.method !== undefined && request.method !== 'POST') return { refused: WRONG_METHOD };
  const body = request.rawBody ?? request.body;
  if (ArrayBuffer.isView(body)) return body.byteLength > limit ? { refused: TOO_LARGE } : { body };
  return typeof body === 'string' || request.readableDidRead === true ? { body } : read(request, limit);
}

function send(response: NodeResponse, { status, body }: ReceiverAnswer): void {
  const closing = status === TOO_LARGE.status ? { connection: 'close' } : {};
  response.writeHead(status, body ? { 'content-type': 'application/json', ...closing } : {});
  response.end(body ? JSON.stringify(body) : undefined);
}

/** For `http.createServer`, and for routes of Express. */
export function nodeAdapter(limit: number, handle: (request: ReceivedRequest) => Promise<ReceiverAnswer>) {
  async function answerTo(request: NodeRequest): Promise<ReceiverAnswer> {
    const read = await receive(request, limit);
    return 'refused' in read
      ? read.refused
      : handle({ headers: request.headers, body: read.body as Uint8Array });
  }
  return (request: NodeRequest, response: NodeResponse): void => {
    void answerTo(request).then((answer) => send(response, answer));
  };
}
