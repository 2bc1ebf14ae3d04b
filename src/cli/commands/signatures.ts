import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { codeOf } from '../../common/caught.js';
import { createReceiver, WebhookVerificationError } from '../../receiver/receiver.js';
import { action, type Cli } from '../cli.js';
import { EXIT, usage, type ExitStatus } from '../exit.js';
import { count, header } from '../flags.js';
import { signedHeaders } from '../sign.js';

interface SignatureFlags {
  readonly secretFile?: string;
  readonly id?: string;
  readonly timestamp?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly signature?: string;
  readonly tolerance?: number;
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw usage(`${file} cannot be read: ${codeOf(error) ?? 'unknown'}`);
  }
}

function secretOf(cli: Cli, { secretFile }: SignatureFlags): string {
  const secret = cli.secret(secretFile);
  if (secret === undefined) throw usage('Give the secret by --secret-file or in BASSET_WEBHOOKS_SECRET');
  return secret;
}

async function sign(cli: Cli, file: string, flags: SignatureFlags): Promise<void> {
  const secret = secretOf(cli, flags);
  const id = flags.id ?? randomUUID();
  const timestamp = flags.timestamp ?? Math.floor(Date.now() / 1000);
  const headers = signedHeaders(secret, { id, timestamp, body: bytesOf(file) });
  if (cli.flags.json === true) {
    cli.json(headers);
    return;
  }
  for (const [name, value] of Object.entries(headers)) cli.print(`${name}: ${value}`);
}

/** The headers as given, in whichever way. */
function headersOf(flags: SignatureFlags): Record<string, string> {
  const { id, timestamp, signature } = flags;
  const isBare = signature?.startsWith('sha256=') === true;
  return {
    ...flags.header,
    ...(id === undefined ? {} : { 'webhook-id': id }),
    ...(timestamp === undefined ? {} : { 'webhook-timestamp': String(timestamp) }),
    ...(signature === undefined ? {} : { [isBare ? 'x-webhook-signature' : 'webhook-signature']: signature }),
  };
}

async function verify(cli: Cli, file: string, flags: SignatureFlags): Promise<ExitStatus> {
  const { tolerance: toleranceSeconds = Infinity } = flags;
  const receiver = createReceiver({ secrets: [secretOf(cli, flags)], toleranceSeconds, legacy: true });
  try {
    const { type, id, timestamp } = await receiver.verify({ headers: headersOf(flags), body: bytesOf(file) });
    if (cli.flags.json === true) cli.json({ authentic: true, type, id, timestamp });
    else cli.print('authentic');
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    if (cli.flags.json === true) cli.json({ authentic: false, code: error.code, detail: error.message });
    process.stderr.write(`${error.code}: ${error.message}\n`);
    return EXIT.badOutcome;
  }
}

const common = (command: Command): Command =>
  command
    .argument('<file>', 'the body, byte for byte; - = stdin')
    .option('--secret-file <file>', 'the secret; or BASSET_WEBHOOKS_SECRET')
    .option('--id <id>', 'webhook-id')
    .option('--timestamp <s>', 'webhook-timestamp', count);

/** `sign` */
export function signCommand(): Command {
  return common(new Command('sign')).action(action(sign));
}

/** `verify` */
export function verifyCommand(): Command {
  return common(new Command('verify'))
    .option('--header <header>', 'a header of the request, as "Name: value"; several times', header)
    .option('--signature <signature>', 'webhook-signature (v1,…) or X-Webhook-Signature (sha256=…)')
    .option('--tolerance <s>', 'how old the request may be; without, its age does not matter', count)
    .action(action(verify));
}
