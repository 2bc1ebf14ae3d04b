import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from 'basset-hound-webhooks';

/** The other side: collects the events that arrive with a good signature. */
export class Receiver {
  readonly events: string[] = [];

  private readonly server = createServer((request, response) => void this.receive(request, response));

  constructor(private readonly secret: string) {}

  /** @returns the URL to send to */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const authentic = verifySignature({ headers: request.headers, body, secret: this.secret });
    if (authentic) this.events.push((JSON.parse(body.toString()) as { event: string }).event);
    response.writeHead(authentic ? 204 : 401).end();
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
