import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came by OTLP. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  /** 2 = server, 3 = client, 4 = producer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** 2 = error. */
  readonly status: number;
}

/** The fields of a protobuf message by their numbers: bytes as they are, numbers as numbers. */
function fieldsOf(message: Buffer): Map<number, (Buffer | number)[]> {
  const fields = new Map<number, (Buffer | number)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    const value = wire === 0 ? varint() : take(wire === 2 ? varint() : wire === 1 ? 8 : 4);
    const field = tag >>> 3;
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const messages = (of: Buffer, field: number): Buffer[] =>
  (fieldsOf(of).get(field) ?? []).filter((value) => Buffer.isBuffer(value));
const hex = (of: Buffer, field: number): string => messages(of, field)[0]?.toString('hex') ?? '';
const text = (of: Buffer, field: number): string => messages(of, field)[0]?.toString('utf8') ?? '';
const number = (of: Buffer, field: number): number => Number(fieldsOf(of).get(field)?.[0] ?? 0);

/** `AnyValue`: 1 = a text, 3 = a whole number. */
const valueOf = (any: Buffer): string | number => (fieldsOf(any).has(1) ? text(any, 1) : number(any, 3));

function spanOf(span: Buffer): ReceivedSpan {
  const attributes = messages(span, 9).map(
    (pair) => [text(pair, 1), valueOf(messages(pair, 2)[0]!)] as const,
  );
  const [status] = messages(span, 15);
  return {
    ...{ traceId: hex(span, 1), spanId: hex(span, 2), parentId: hex(span, 4) },
    ...{ name: text(span, 5), kind: number(span, 6), attributes: Object.fromEntries(attributes) },
    status: status ? number(status, 3) : 0,
  };
}

/** A collector on 127.0.0.1 that takes spans by OTLP over HTTP, as protobuf. */
export class OtlpCollector {
  readonly spans: ReceivedSpan[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpCollector> {
    const server = createServer();
    const collector = new OtlpCollector(server);
    const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      collector.take(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    };
    server.on('request', (request, response) => void take(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** ExportTraceServiceRequest: resource spans, in them scope spans, in them spans. */
  private take(request: Buffer): void {
    const scopes = messages(request, 1).flatMap((resource) => messages(resource, 2));
    this.spans.push(...scopes.flatMap((scope) => messages(scope, 2)).map(spanOf));
  }
}
