import { Command } from 'commander';
import { VERSION } from '../common/version.js';
import { DEFAULT_TIMEOUT_SECONDS, seconds } from './flags.js';

const AFTER = `
Exit status: 0 done; 1 done, but the outcome is bad; 2 usage; 3 not allowed; 4 no such thing; 5 refused;
6 unreachable, 503 or out of time; 130 interrupted.
The service: --url, BASSET_WEBHOOKS_URL, the login, or http://127.0.0.1:$PORT. The key: --api-key-file,
BASSET_WEBHOOKS_API_KEY, the login, or the first of API_KEYS.`;

function globals(program: Command): Command {
  return program
    .option('--url <url>', 'the service')
    .option('--api-key-file <file>', 'a file that holds the API key; - = stdin')
    .option('--json', 'the JSON of the API; one object a line for what goes on')
    .option('--no-color', 'no colours')
    .option('--quiet', 'results and errors only')
    .option('--timeout <s>', `how long to wait for an answer (${DEFAULT_TIMEOUT_SECONDS})`, seconds)
    .option('--yes', 'do not ask');
}

/** Which commands are loaded, by their names. */
export type Wanted = (name: string) => boolean;

/** A command as the list of all shows it; what it takes and does is loaded when it is asked for. */
interface Entry {
  readonly name: string;
  readonly says: string;
  readonly load: () => Promise<Command>;
}

const receiving = () => import('./commands/receive.js');
const signatures = () => import('./commands/signatures.js');
const session = () => import('./commands/login.js');
const transfer = () => import('./commands/transfer.js');

const COMMANDS: readonly Entry[] = [
  {
    name: 'serve',
    says: 'the service; under load use npm start, which gives Node.js its flags',
    load: async () => (await import('./commands/serve.js')).serveCommand(),
  },
  {
    name: 'login',
    says: 'try a URL and a key (on stdin) and keep them for the next commands',
    load: async () => (await session()).loginCommand(),
  },
  { name: 'logout', says: 'forget them', load: async () => (await session()).logoutCommand() },
  {
    name: 'status',
    says: 'whether all is well; ends with 1 if a webhook needs attention, with 6 if it is not ready',
    load: async () => (await import('./commands/status.js')).statusCommand(),
  },
  {
    name: 'webhooks',
    says: 'what is subscribed',
    load: async () => (await import('./commands/webhooks.js')).webhooksCommand(),
  },
  {
    name: 'events',
    says: 'what happened',
    load: async () => (await import('./commands/events.js')).eventsCommand(),
  },
  {
    name: 'deliveries',
    says: 'what became of it',
    load: async () => (await import('./commands/deliveries.js')).deliveriesCommand(),
  },
  {
    name: 'receive',
    says: 'take webhooks here, verify and print them; talks to no API',
    load: async () => (await receiving()).receiveCommand(),
  },
  {
    name: 'listen',
    says: 'receive with a webhook of its own, which is deleted at the end',
    load: async () => (await receiving()).listenCommand(),
  },
  {
    name: 'forward',
    says: 'send events on from this machine, as they happen; not durable, no retries',
    load: async () => (await import('./commands/forward.js')).forwardCommand(),
  },
  {
    name: 'sign',
    says: 'the headers that the service would sign these bytes with',
    load: async () => (await signatures()).signCommand(),
  },
  {
    name: 'verify',
    says: 'whether a request is authentic, and which part is wrong; ends with 1 if not',
    load: async () => (await signatures()).verifyCommand(),
  },
  {
    name: 'import',
    says: 'create and change webhooks as a file or another service has them; deletes nothing without --prune',
    load: async () => (await transfer()).importCommand(),
  },
  {
    name: 'export',
    says: 'all webhooks as a file that import reads; without secrets',
    load: async () => (await transfer()).exportCommand(),
  },
  {
    name: 'completion',
    says: 'what a shell needs to complete commands, e.g. source <(basset-webhooks completion bash)',
    load: async () =>
      (await import('./commands/completion.js')).completionCommand(() => createProgram(() => true)),
  },
  {
    name: 'version',
    says: 'of this command',
    load: async () => (await import('./commands/version.js')).versionCommand(),
  },
];

/** Which command a command line asks for, or asks for help on: the others need not be loaded. */
export function asksFor(args: readonly string[]): Wanted {
  const words = operandsOf(args);
  const wanted = words[0] === 'help' ? words[1] : words[0];
  return (name) => name === wanted;
}

/** What is wrong with the flags is told when they are read for good. */
function operandsOf(args: readonly string[]): readonly string[] {
  try {
    return globals(new Command())
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .parseOptions([...args]).operands;
  } catch {
    return [];
  }
}

/** All commands, of which those that are wanted know what they take; without anything that needs a service. */
export async function createProgram(isWanted: Wanted): Promise<Command> {
  const program = globals(new Command('basset-webhooks'))
    .description('Basset Hound Webhooks from a shell')
    .version(VERSION)
    .showHelpAfterError('(see --help)')
    .addHelpText('after', AFTER);
  for (const { name, says, load } of COMMANDS) {
    const command = isWanted(name) ? await load() : new Command(name);
    program.addCommand(command.description(says));
  }
  return withThrownErrors(program);
}

/** In the list of all commands a name is enough: what is not loaded says no arguments. */
const subcommandTerm = (command: Command): string => command.name();

/** In every command: errors of usage are thrown, so that their exit status is ours, and help names all flags. */
function withThrownErrors(command: Command): Command {
  command
    .configureHelp({ showGlobalOptions: true, ...(command.parent === null && { subcommandTerm }) })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) });
  for (const child of command.commands) withThrownErrors(child);
  return command;
}
