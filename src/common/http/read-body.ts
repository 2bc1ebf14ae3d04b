import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isTooSlow } from './body-pace.js';

const LOOK_MS = 1000;

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
    super('The body came too slowly: send at least 64 KiB a second, or smaller bodies', 408);
  }
}

/**
 * The bytes of a request's body. One that is or says that it is too large is refused at once: body-parser first reads
 * all of it, as long as the client cares to send.
 *
 * @param limit bytes
 * @param isWanted whether others wait for the room that it holds
 * @throws HttpException 413; 408 when it comes too slowly; 400 when the client went away
 */
export function readBody(request: IncomingMessage, limit: number, isWanted: () => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let seconds = 0;
    const refuse = (error: HttpException): void => {
      clearInterval(timer);
      request.removeAllListeners('data');
      chunks.length = 0;
      reject(error);
    };
    // Looks are counted, not the time: a process that stood still has not read, and the client is not to blame for it.
    const timer = setInterval(() => {
      seconds += 1;
      if (isTooSlow(seconds, size, isWanted())) refuse(new BodyTooSlow());
    }, LOOK_MS);
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
      clearInterval(timer);
      resolve(Buffer.concat(chunks));
    });
    request.once('error', () => refuse(new HttpException('The body broke off', 400)));
  });
}
