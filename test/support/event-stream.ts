import { once } from 'node:events';
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { until } from './until.js';

/** One event of a stream. */
export interface StreamEvent {
  readonly name: string;
  readonly data: any;
}

/** A client of the feed that keeps what it gets. Not `fetch`: an aborted one connects again, for nothing. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  /** Everything, comments included. */
  text = '';
  ended = false;
  private rest = '';

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.take(chunk));
    response.on('end', () => (this.ended = true));
    response.on('error', () => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const request = get(url, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    request.on('error', () => undefined);
    return new EventStream(request, response);
  }

  /** Waits for an event that is so. */
  async find(name: string, is: (data: any) => boolean = () => true): Promise<any> {
    const found = await until(
      () => this.events.find((event) => event.name === name && is(event.data)),
      `${name} in the feed`,
    );
    return found?.data;
  }

  close(): void {
    this.request.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== undefined && data !== undefined) this.events.push({ name, data: JSON.parse(data) });
    }
  }
}
