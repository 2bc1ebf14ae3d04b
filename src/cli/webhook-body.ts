import type { Command } from 'commander';
import { isMap } from '../common/json/is-map.js';
import type { Cli } from './cli.js';
import { usage } from './exit.js';
import { count, header } from './flags.js';

export interface WebhookFlags {
  readonly name?: string;
  readonly to?: string;
  readonly event?: readonly string[];
  readonly project?: string;
  readonly secretFile?: string;
  readonly generateSecret?: boolean;
  readonly unsigned?: boolean;
  readonly header?: Readonly<Record<string, string>>;
  readonly retries?: number;
  readonly inactive?: boolean;
  readonly active?: boolean;
  readonly body?: string;
}

export function webhookFlags(command: Command, isNew: boolean): Command {
  command
    .option('--project <id>', 'for events of this project; without, for all')
    .option('--secret-file <file>', 'sign with what the file holds')
    .option('--unsigned', 'send without a signature')
    .option('--header <header>', 'send this header along, as "Name: value"; several times', header)
    .option('--retries <n>', 'attempts after the first one', count)
    .option('--body <file>', 'further properties as JSON, as of the API; - = stdin');
  return isNew
    ? command
        .option('--generate-secret', 'make a secret and print it (the default)')
        .option('--inactive', 'switched off at first')
    : command.option('--inactive', 'switch it off');
}

function jsonObject(cli: Cli, file: string): object {
  try {
    const value = JSON.parse(cli.read(file)) as unknown;
    if (isMap(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usage(`${file} holds no JSON object`);
}

/** Signed is the default: an unsigned webhook has to be asked for. */
function secretOf(cli: Cli, flags: WebhookFlags, isNew: boolean): object {
  const given = [flags.secretFile, flags.generateSecret, flags.unsigned].filter((flag) => flag !== undefined);
  if (given.length > 1) throw usage('Give one of --secret-file, --generate-secret and --unsigned');
  if (flags.unsigned === true) return { secret: null };
  if (flags.secretFile !== undefined) return { secret: cli.secret(flags.secretFile) };
  return isNew ? { generate_secret: true } : {};
}

/** The body of a request from its flags: only what was given. */
export function bodyOf(cli: Cli, flags: WebhookFlags, isNew: boolean): Record<string, unknown> {
  const further: object = flags.body === undefined ? {} : jsonObject(cli, flags.body);
  const secret = 'secret' in further ? {} : secretOf(cli, flags, isNew);
  const body = {
    ...further,
    ...secret,
    name: flags.name,
    url: flags.to,
    events: flags.event,
    project_id: flags.project,
    headers: flags.header,
    retry_config: flags.retries === undefined ? undefined : { max_retries: flags.retries },
    active: flags.inactive === true ? false : undefined,
  };
  const given = Object.entries({ ...body, ...pick(further, body) }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given);
}

/** Of `--body`, what no flag says otherwise. */
const pick = (further: object, body: object): object =>
  Object.fromEntries(
    Object.entries(further).filter(([name]) => (body as Record<string, unknown>)[name] === undefined),
  );
