import { Command } from 'commander';
import { VERSION } from '../common/version.js';
import { action, DEFAULT_TIMEOUT_SECONDS, type Cli } from './cli.js';
import { completionCommand } from './commands/completion.js';
import { deliveriesCommand } from './commands/deliveries.js';
import { eventsCommand } from './commands/events.js';
import { forwardCommand } from './commands/forward.js';
import { loginCommand, logoutCommand } from './commands/login.js';
import { listenCommand, receiveCommand } from './commands/receive.js';
import { signCommand, verifyCommand } from './commands/signatures.js';
import { statusCommand } from './commands/status.js';
import { exportCommand, importCommand } from './commands/transfer.js';
import { webhooksCommand } from './commands/webhooks.js';
import { seconds } from './flags.js';

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

/** The service itself: everything else is loaded without Nest and the driver. */
function serveCommand(): Command {
  return new Command('serve')
    .description('the service; under load use npm start, which gives Node.js its flags')
    .action(async () => {
      await import('../main.js');
    });
}

function versionCommand(): Command {
  return new Command('version').description('of this command').action(
    action(async (cli: Cli) => {
      if (cli.flags.json === true) cli.json({ version: VERSION, node: process.versions.node });
      else cli.print(VERSION);
    }),
  );
}

/** All commands, without anything that needs a service. */
export function createProgram(): Command {
  const program = globals(new Command('basset-webhooks'))
    .description('Basset Hound Webhooks from a shell')
    .version(VERSION)
    .showHelpAfterError('(see --help)')
    .addHelpText('after', AFTER);
  const commands = [
    ...[serveCommand(), loginCommand(), logoutCommand(), statusCommand()],
    ...[webhooksCommand(), eventsCommand(), deliveriesCommand()],
    ...[receiveCommand(), listenCommand(), forwardCommand(), signCommand(), verifyCommand()],
    ...[importCommand(), exportCommand()],
    ...[completionCommand(program), versionCommand()],
  ];
  for (const command of commands) program.addCommand(command);
  return withThrownErrors(program);
}

/** In every command: errors of usage are thrown, so that their exit status is ours, and help names all flags. */
function withThrownErrors(command: Command): Command {
  command
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) });
  for (const child of command.commands) withThrownErrors(child);
  return command;
}
