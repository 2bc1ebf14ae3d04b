import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A request as the demo shows it. */
export interface Arrival {
  readonly receiver: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly event: string;
  readonly attempt: string;
  readonly verdict: 'verified' | 'unsigned' | 'forged';
  readonly answer: number;
}

/** What kind of receiver. */
export interface Character {
  readonly name: string;
  /** `whsec_…`; undefined = it expects no signature. */
  readonly secret?: string;
  /** Attempts of its first delivery that it answers with 503. @default 0 */
  readonly failures?: number;
}

/** An HTTP receiver that checks what it gets with an independent library. */
export class DemoReceiver {
  readonly arrivals: Arrival[] = [];
  private readonly server = createServer((request, response) => void this.receive(request, response));

  constructor(
    readonly character: Character,
    private readonly onArrival: (arrival: Arrival) => void,
  ) {}

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString('utf8');
    const header = (name: string): string => String(request.headers[name] ?? '');
    const verdict = this.judge(request, body);
    const deliveryId = header('x-webhook-delivery');
    const arrival = {
      receiver: this.character.name,
      deliveryId,
      eventId: header('webhook-id'),
      event: header('x-webhook-event'),
      attempt: header('x-webhook-attempt'),
      verdict,
      answer: verdict === 'forged' ? 401 : this.isWeakFor(deliveryId) ? 503 : 204,
    } as const;
    this.arrivals.push(arrival);
    response.writeHead(arrival.answer).end();
    this.onArrival(arrival);
  }

  private isWeakFor(deliveryId: string): boolean {
    const first = this.arrivals[0]?.deliveryId ?? deliveryId;
    const before = this.arrivals.filter((arrival) => arrival.deliveryId === first).length;
    return deliveryId === first && before < (this.character.failures ?? 0);
  }

  private judge({ headers }: IncomingMessage, body: string): Arrival['verdict'] {
    const { secret } = this.character;
    if (secret === undefined) return 'webhook-signature' in headers ? 'forged' : 'unsigned';
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      return 'verified';
    } catch {
      return 'forged';
    }
  }
}
