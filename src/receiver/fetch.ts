import { CUT_OFF, TOO_LARGE, WRONG_METHOD, type ReceiverAnswer } from './handle.js';
import type { ReceivedRequest } from './verify.js';

/** The whole body; `undefined` = larger than `limit`, and left unread from there. */
async function read(request: Request, limit: number): Promise<ArrayBuffer | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}

async function answerTo(
  request: Request,
  limit: number,
  handle: (request: ReceivedRequest) => Promise<ReceiverAnswer>,
): Promise<ReceiverAnswer> {
  if (request.method !== 'POST') return WRONG_METHOD;
  try {
    // What somebody has read before is gone: that is for the receiver's own log.
    const body = request.bodyUsed ? (null as never) : await read(request, limit);
    return body === undefined ? TOO_LARGE : await handle({ headers: request.headers, body });
  } catch {
    return CUT_OFF;
  }
}

/** For servers that turn a `Request` into a `Response`: Workers, Deno, Bun, Hono, route handlers of Next.js. */
export function fetchAdapter(limit: number, handle: (request: ReceivedRequest) => Promise<ReceiverAnswer>) {
  return async (request: Request): Promise<Response> => {
    const { status, body } = await answerTo(request, limit, handle);
    return body ? Response.json(body, { status }) : new Response(null, { status });
  };
}
