import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';

/** A client that takes longer than this to send its body is dropped, ms. */
const MAX_READ_MS = 60_000;

/** The rest of the body is not waited for, so the connection cannot be used again. */
class BodyTooLarge extends HttpException {
  readonly headers = { Connection: 'close' };

  constructor(limit: number) {
    super(`The body must have at most ${limit} bytes`, 413);
  }
}

class BodyTooSlow extends HttpException {
  readonly headers = { Connection: 'close' };

  constructor() {
    super('The body took too long', 408);
  }
}

/**
 * The bytes of a request's body. One that is or says that it is too large is refused at once: body-parser first reads
 * all of it, as long as the client cares to send.
 *
 * @param limit bytes
 * @throws HttpException 413; 408 when it takes too long; 400 when the client went away
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (error: HttpException): void => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      chunks.length = 0;
      reject(error);
    };
    const timer = setTimeout(() => refuse(new BodyTooSlow()), MAX_READ_MS);
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      refuse(new BodyTooLarge(limit));
      return;
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) refuse(new BodyTooLarge(limit));
      else chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    request.once('error', () => refuse(new HttpException('The body broke off', 400)));
  });
}
