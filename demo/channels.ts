import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggedDelivery } from './investigation.js';
import { dim, green, line, red } from './screen.js';
import type { DemoService } from './service.js';

/** What a receiver answers, and what a person sees of it; no `seen` = it refuses the request. */
interface Taken {
  readonly status: number;
  readonly body: string;
  readonly seen?: readonly string[];
}

interface Channel {
  readonly name: string;
  readonly path: string;
  readonly fields: object;
  readonly take: (request: IncomingMessage, body: string) => Taken;
}

const refused = (status: number, body: string): Taken => ({ status, body });

/** Slack takes blocks and a text to fall back to; our own body it answers with `no_text`. */
function slack(_: IncomingMessage, body: string): Taken {
  const { text, blocks = [] } = JSON.parse(body) as {
    text?: string;
    blocks?: { type: string; text?: { text: string }; fields?: { text: string }[] }[];
  };
  const [header] = blocks;
  if (text === undefined) return refused(400, 'no_text');
  if (!header?.text || header.text.text.length > 150 || blocks.length > 50)
    return refused(400, 'invalid_blocks');
  const fields = blocks.flatMap((block) => block.fields ?? []).map((field) => field.text);
  return { status: 200, body: 'ok', seen: [header.text.text, ...fields] };
}

/** Discord turns away clients that do not name themselves as it wants, and messages without an embed. */
function discord({ headers }: IncomingMessage, body: string): Taken {
  if (!headers['user-agent']?.startsWith('DiscordBot (')) return refused(403, '<!doctype html>');
  const { embeds = [] } = JSON.parse(body) as {
    embeds?: { title: string; fields: { name: string; value: string }[] }[];
  };
  const [embed] = embeds;
  if (!embed) return refused(400, '{"code":50006,"message":"Cannot send an empty message"}');
  const fields = embed.fields.map(({ name, value }) => `${name}\n${value}`);
  return { status: 200, body: '{"id":"1"}', seen: [embed.title, ...fields] };
}

/** Splunk wants its token, and takes any number of events, one behind the other. */
function splunk({ headers }: IncomingMessage, body: string): Taken {
  if (headers.authorization !== `Splunk ${TOKEN}`) return refused(403, '{"text":"Invalid token","code":4}');
  const events = body.split(/(?<=\})(?=\{"time":)/).map((text) => JSON.parse(text) as { event?: object });
  const wrong = events.findIndex(({ event }) => event === undefined);
  if (wrong >= 0)
    return refused(
      400,
      `{"text":"Event field is required","code":12,"invalid-event-number":${String(wrong)}}`,
    );
  return {
    status: 200,
    body: '{"text":"Success","code":0}',
    seen: [`${String(events.length)} in one request`],
  };
}

const TOKEN = '00000000-0000-0000-0000-000000000000';
const CHANNELS: readonly Channel[] = [
  {
    name: 'Slack',
    path: '/services/T000/B000/XXXX',
    // So that the burst of the demo is told in a digest; 20 is the default.
    fields: { format: 'slack', format_options: { digest: 5 } },
    take: slack,
  },
  {
    name: 'Discord',
    path: '/api/webhooks/123456789/token',
    fields: { format: 'discord', format_options: { digest: 5 } },
    take: discord,
  },
  {
    name: 'Splunk',
    path: '/services/collector/event',
    fields: { format: 'splunk_hec', headers: { Authorization: `Splunk ${TOKEN}` } },
    take: splunk,
  },
];

function show(name: string, { status, body, seen }: Taken): void {
  if (!seen) {
    line(`${name.padEnd(14)} ${red(`refused with ${String(status)}: ${body}`)}`);
    return;
  }
  const [title = '', ...details] = seen.map((text) => text.replaceAll('\n', ': '));
  line(`${name.padEnd(14)} ${title}  ${dim(details.slice(0, 3).join(' · '))}`);
}

/** Chats and a SIEM that hear of the same investigation, each in its own words; stand-ins that refuse what these refuse. */
export class Channels {
  private readonly names = new Map<string, string>();
  private readonly server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[]).toString('utf8');
      const channel = CHANNELS.find(({ path }) => request.url?.split('?')[0] === path);
      const taken = channel ? channel.take(request, body) : refused(404, 'no_service');
      response.writeHead(taken.status).end(taken.body);
      show(channel?.name ?? 'nobody', taken);
    });
  });

  /** Starts the stand-ins, and creates a webhook for each. */
  static async open(service: DemoService): Promise<Channels> {
    const channels = new Channels();
    channels.server.listen(0, '127.0.0.1');
    await once(channels.server, 'listening');
    const { port } = channels.server.address() as AddressInfo;
    for (const { name, path, fields } of CHANNELS) {
      const url = `http://127.0.0.1:${String(port)}${path}`;
      const webhook = { name, url, events: ['*'], retry_config: { initial_delay: 0.2 }, ...fields };
      const created = await service.post<{ id: string; url: string }>('/webhooks', webhook);
      channels.names.set(created.id, name);
      line(`${name.padEnd(14)} *  ${dim(`shown as ${created.url}`)}`);
    }
    return channels;
  }

  /** How many deliveries are theirs, and whether all of them arrived. */
  account(owners: ReadonlyMap<string, string>, log: readonly LoggedDelivery[]) {
    let promised = 0;
    let isComplete = true;
    for (const [webhookId, name] of this.names) {
      const own = log.filter(({ id }) => owners.get(id) === webhookId);
      const arrived = own.filter(({ status }) => status === 'success').length;
      const verdict = arrived === own.length ? green('all told') : red('NOT COMPLETE');
      line(`${name.padEnd(14)} ${String(arrived)} of ${String(own.length)} events  ${verdict}`);
      promised += own.length;
      isComplete &&= own.length > 0 && arrived === own.length;
    }
    return { promised, isComplete };
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
