import { Command } from 'commander';
import { Api } from '../api.js';
import { action, type Cli } from '../cli.js';
import { loginFile, removeLogin, serviceUrl, writeLogin } from '../settings.js';

/** A key as it is typed, not shown; or from the pipe. */
async function askForKey(cli: Cli): Promise<string> {
  if (cli.flags.apiKeyFile !== undefined) return cli.read(cli.flags.apiKeyFile).trim();
  if (!process.stdin.isTTY) return cli.read('-').trim();
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  process.stderr.write('API key (empty = none): ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const key = await terminal.question('');
  terminal.close();
  process.stderr.write('\n');
  return key.trim();
}

/** The key is tried before it is kept. */
async function login(cli: Cli): Promise<void> {
  const url = serviceUrl(cli.flags.url ?? cli.env['BASSET_WEBHOOKS_URL'] ?? 'http://127.0.0.1:8000');
  const key = await askForKey(cli);
  await new Api({ url, apiKey: key || undefined }, cli.timeoutSeconds).get('/webhooks/stats');
  const file = writeLogin(cli.env, { url, ...(key !== '' && { api_key: key }) });
  if (cli.flags.json === true) cli.json({ url, file });
  cli.note(`${url} takes ${key === '' ? 'calls without a key' : 'this key'}; kept in ${file}`);
}

async function logout(cli: Cli): Promise<void> {
  const file = loginFile(cli.env);
  const removed = removeLogin(cli.env);
  if (cli.flags.json === true) cli.json({ file, removed });
  cli.note(removed ? `${file} is removed` : 'There was no login');
}

/** `login` */
export function loginCommand(): Command {
  return new Command('login').action(action(login));
}

/** `logout` */
export function logoutCommand(): Command {
  return new Command('logout').action(action(logout));
}
