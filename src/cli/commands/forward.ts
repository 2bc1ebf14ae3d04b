import { Command } from 'commander';
import { codeOf, memberOf, messageOf } from '../../common/caught.js';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT, usage, type ExitStatus } from '../exit.js';
import { collect, count } from '../flags.js';
import { followFeed } from '../follow-feed.js';
import { printable } from '../output/text.js';
import { rawPayload } from '../raw-payload.js';
import { signedHeaders } from '../sign.js';
import { untilInterrupted } from '../until-interrupted.js';

interface ForwardFlags {
  readonly events?: readonly string[];
  readonly project?: string;
  readonly secretFile?: string;
  readonly count?: number;
}

const MOST_SHOWN = 1024;

/** Whether an event type is one of the given ones; `*` and `entity.*` are groups. */
const isWanted = (type: string, events: readonly string[] = ['*']): boolean =>
  events.some(
    (event) =>
      event === '*' || event === type || (event.endsWith('.*') && type.startsWith(event.slice(0, -1))),
  );

/** Fetches events that the feed tells of, and sends them on from this machine. */
class Forwarder {
  private sent = 0;
  private finish: () => void = () => undefined;
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(
    private readonly cli: Cli,
    private readonly url: string,
    private readonly flags: ForwardFlags,
    private readonly secret: string | undefined,
  ) {}

  async take({ id, event, project_id: project }: Readonly<Record<string, unknown>>): Promise<void> {
    const { events, project: wanted, count: most } = this.flags;
    if (this.sent === most || !isWanted(String(event), events)) return;
    // As for a webhook of this project.
    if (wanted !== undefined && project !== wanted) return;
    try {
      await this.send(String(id), String(event));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      // One that cannot be read, because it is gone or the service is, is no reason to miss the next ones.
      process.stderr.write(`# ${printable(`${String(id)} was not sent on: ${error.message}`)}\n`);
      return;
    }
    this.sent += 1;
    if (this.sent === most) this.finish();
  }

  private async send(id: string, type: string): Promise<void> {
    const { text } = await this.cli.api.get(`/events/${encodeURIComponent(id)}`);
    const body = Buffer.from(rawPayload(text));
    const from = performance.now();
    const { status, said } = await this.post(id, type, body);
    const took = Math.round(performance.now() - from);
    if (this.cli.flags.json === true) {
      this.cli.json({ event_id: id, event: type, status, took_ms: took, answer: said });
      return;
    }
    const mark =
      status !== null && status < 300 ? this.cli.colour('green', '✔') : this.cli.colour('red', '✘');
    this.cli.print(
      `${new Date().toISOString()} ${mark} ${printable(`${type} ${status ?? '–'} ${took}ms evt ${id} ${said}`)}`,
    );
  }

  /** One attempt; the answer of the receiver is shown, because its developer looks at it here. */
  private async post(
    id: string,
    type: string,
    body: Buffer,
  ): Promise<{ status: number | null; said: string }> {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature =
      this.secret === undefined ? { 'webhook-id': id } : signedHeaders(this.secret, { id, timestamp, body });
    const headers = {
      'content-type': 'application/json',
      'x-webhook-event': type,
      'x-webhook-attempt': '1',
      ...signature,
    };
    try {
      const signal = AbortSignal.timeout(this.cli.timeoutSeconds * 1000);
      const answer = await fetch(this.url, { method: 'POST', headers, body, redirect: 'manual', signal });
      return { status: answer.status, said: (await answer.text()).slice(0, MOST_SHOWN) };
    } catch (error) {
      return { status: null, said: codeOf(memberOf(error, 'cause')) ?? messageOf(error) };
    }
  }
}

async function forward(cli: Cli, url: string, flags: ForwardFlags): Promise<ExitStatus> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw usage(`${url} is no http(s) URL`);
  const forwarder = new Forwarder(cli, url, flags, cli.secret(flags.secretFile));
  const stop = new AbortController();
  const ready = `ready  ${cli.api.url} -> ${url}  not durable: one attempt, and nothing of what comes while this does not run`;
  const follower = {
    opened: async () => void process.stderr.write(`${ready}\n`),
    item: async (name: string, data: Readonly<Record<string, unknown>>) => {
      if (name === 'event') await forwarder.take(data);
    },
  };
  const following = followFeed(cli, { topics: 'events', project_id: flags.project }, follower, stop.signal);
  const signal = await untilInterrupted(Promise.race([following, forwarder.finished]));
  stop.abort();
  await following;
  return signal === 0 ? EXIT.done : EXIT.interrupted;
}

/** `forward`: for receivers that the service does not reach, or must not call. */
export function forwardCommand(): Command {
  return new Command('forward')
    .argument('<url>', 'where to, as this machine sees it')
    .option('--events <type>', 'which events; several times, also entity.*', collect)
    .option('--project <id>', 'only of this project')
    .option('--secret-file <file>', 'sign with what the file holds; or BASSET_WEBHOOKS_SECRET')
    .option('--count <n>', 'end after so many', count)
    .action(action(forward));
}
