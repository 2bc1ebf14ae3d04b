import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { WebhookAnswer } from '../answers.js';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT, type ExitStatus } from '../exit.js';
import { collect } from '../flags.js';
import { receiveFlags, ReceiverServer, type ReceiveFlags } from '../receiver-server.js';
import { untilInterrupted } from '../until-interrupted.js';

const statusOf = (signal: number): ExitStatus => (signal === 0 ? EXIT.done : EXIT.interrupted);

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be a port.');
  return Number(text);
}

/** Said in every mode, also in a pipe: who started it waits for this line. */
const ready = (line: string): boolean => process.stderr.write(`${line}\n`);

async function receive(cli: Cli, at: number, flags: ReceiveFlags): Promise<ExitStatus> {
  const secret = cli.secret(flags.secretFile);
  const server = new ReceiverServer(cli, flags, secret);
  ready(
    `ready  ${await server.listen(at)}  ${secret === undefined ? 'signatures are not checked' : 'signed'}`,
  );
  const signal = await untilInterrupted(server.finished);
  await server.close();
  return statusOf(signal);
}

interface ListenFlags extends ReceiveFlags {
  readonly events?: readonly string[];
  readonly project?: string;
  readonly publicUrl?: string;
  readonly keep?: boolean;
}

/** The two ways out where the service does not call this machine. */
function withWaysOut(error: unknown): unknown {
  if (
    !(error instanceof CliError) ||
    error.status !== EXIT.refused ||
    !/address|public|network/i.test(error.message)
  )
    return error;
  const ways =
    'Start the service with ALLOWED_NETWORKS=127.0.0.0/8, or let this machine fetch the events: basset-webhooks forward';
  return new CliError(error.status, `${error.message}\n${ways}`);
}

async function subscribe(cli: Cli, url: string, flags: ListenFlags): Promise<WebhookAnswer> {
  const body = {
    name: `cli listen ${hostname()}:${new URL(url).port || '443'}`.slice(0, 100),
    url: flags.publicUrl ?? `${url}/`,
    events: flags.events ?? ['*'],
    ...(flags.project === undefined ? {} : { project_id: flags.project }),
  };
  const secret = cli.secret(flags.secretFile);
  const signed = secret === undefined ? { generate_secret: true } : { secret };
  const answer = await cli.api
    .call<WebhookAnswer>('POST', '/webhooks', { body: { ...body, ...signed } })
    .catch((error: unknown) => {
      throw withWaysOut(error);
    });
  return { ...answer.body, ...(secret === undefined ? {} : { secret }) };
}

const PAUSE_MS = 1000;

/** The service may be starting again just now; a webhook that is gone already is as good as deleted. */
async function unsubscribe(cli: Cli, id: string): Promise<void> {
  const end = performance.now() + cli.timeoutSeconds * 1000;
  for (;;) {
    try {
      await cli.api.call('DELETE', `/webhooks/${id}`);
      return;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.status === EXIT.notFound) return;
      if (error.status !== EXIT.unreachable || performance.now() > end) throw leftBehind(error, id);
      cli.note(`# ${error.message}; its webhook is deleted when it is back`);
    }
    await sleep(PAUSE_MS);
  }
}

const leftBehind = ({ status, message }: CliError, id: string): CliError =>
  new CliError(status, `${message}\nThe webhook is still there: basset-webhooks webhooks delete ${id}`);

/** Nothing is sent to it before the webhook is there, and then the secret is known. */
async function listen(cli: Cli, at: number, flags: ListenFlags): Promise<ExitStatus> {
  const server = new ReceiverServer(cli, flags, undefined);
  const url = await server.listen(at);
  try {
    const webhook = await subscribe(cli, url, flags);
    server.verifyWith(webhook.secret ?? '');
    try {
      ready(`ready  ${url}  webhook ${webhook.id}  signed`);
      return statusOf(await untilInterrupted(server.finished));
    } finally {
      if (flags.keep !== true) await unsubscribe(cli, webhook.id);
    }
  } finally {
    await server.close();
  }
}

/** `receive`: a bare receiver that talks to no API. */
export function receiveCommand(): Command {
  return receiveFlags(new Command('receive').argument('[port]', 'any free one without', port, 0))
    .option('--secret-file <file>', 'verify with what the file holds; or BASSET_WEBHOOKS_SECRET')
    .action(action(receive));
}

/** `listen`: a receiver with a webhook of its own for as long as it runs. */
export function listenCommand(): Command {
  return receiveFlags(new Command('listen').argument('[port]', 'any free one without', port, 0))
    .option('--events <type>', 'which events; several times, also entity.*', collect)
    .option('--project <id>', 'only of this project')
    .option('--public-url <url>', 'where the service reaches this machine, if not at its own address')
    .option('--secret-file <file>', 'sign with what the file holds; without, a secret is made')
    .option('--keep', 'leave the webhook when it ends')
    .action(action(listen));
}
