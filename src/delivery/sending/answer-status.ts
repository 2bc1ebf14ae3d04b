import type { Socket } from 'node:net';

const LINE_END = 0x0a;
/** As much of a line as a status needs. */
const KEPT = 16;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?:[ \r]|$)/;
const SWITCHING_PROTOCOLS = 101;

/**
 * Reads the status of an answer off the bytes of its connection, past the parser: what a receiver has said with its
 * status line counts, whatever the parser thinks of the headers that follow. A `100 Continue` that nobody asked for,
 * which undici takes for a broken answer, is passed on as `102`, an interim answer that it skips.
 */
export class AnswerStatus {
  /** Of the real answer, interim ones aside; 0 = its status line is not complete. */
  final = 0;
  /** The receiver wants to speak another protocol. */
  switched = false;
  private line = '';
  private inHeaders = false;

  /** Looks at what is about to be parsed. */
  see(chunk: Buffer): void {
    for (let i = 0; i < chunk.length && this.final === 0; i += 1) {
      const byte = chunk[i] ?? 0;
      if (byte === LINE_END) this.endLine();
      else if (this.line.length < KEPT) {
        if (!this.inHeaders && byte === 0x30 && /^HTTP\/1\.[01] 10$/.test(this.line)) chunk[i] = 0x32;
        this.line += String.fromCharCode(byte);
      }
    }
  }

  /** The next bytes are another answer. */
  reset(): void {
    this.final = 0;
    this.line = '';
    this.inHeaders = this.switched = false;
  }

  private endLine(): void {
    const line = this.line.replace(/\r$/, '');
    this.line = '';
    if (this.inHeaders) this.inHeaders = line !== '';
    else if (line !== '') this.judge(Number(STATUS_LINE.exec(line)?.[1] ?? 0));
  }

  private judge(status: number): void {
    if (status >= 200) this.final = status;
    this.switched ||= status === SWITCHING_PROTOCOLS;
    this.inHeaders = true;
  }
}

let latest: AnswerStatus | undefined;

/** Of the connection whose bytes are being parsed: undici parses them in the same turn in which it reads them. */
export function statusBeingRead(): AnswerStatus | undefined {
  return latest;
}

/** Looks at all that undici reads from this socket. */
export function readStatusOf(socket: Socket): void {
  const status = new AnswerStatus();
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (Buffer.isBuffer(chunk)) status.see(chunk);
    latest = status;
    return chunk;
  };
}
