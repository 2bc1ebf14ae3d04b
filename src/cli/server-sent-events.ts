/** One event of a stream. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

/** Longer than any event of the feed: a stream that never ends a line must not fill the memory. */
const LONGEST_LINE = 2 ** 20;

/** The lines of a text that comes in pieces; one that is not finished at the end is none. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    // A CR at the end may be half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('A line of the stream is too long');
    yield* lines;
  }
}

/** As browsers read a stream: data of several lines are one, an event without data is none, comments are left out. */
export async function* serverSentEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let name = '';
  let data: string[] = [];
  for await (const line of linesOf(pieces)) {
    if (line === '') {
      if (data.length > 0) yield { name: name || 'message', data: data.join('\n') };
      [name, data] = ['', []];
      continue;
    }
    const [, field = line, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
}
