import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf } from '../common/caught.js';
import { usage } from './exit.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `login` keeps. */
export interface StoredLogin {
  readonly url: string;
  readonly api_key?: string;
}

/** Flags that every command has. */
export interface GlobalFlags {
  readonly url?: string;
  readonly apiKeyFile?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly timeout?: number;
  readonly yes?: boolean;
}

/** Which service is asked, and as whom. */
export interface Connection {
  /** Without `/api/v1` and without a slash at the end. */
  readonly url: string;
  readonly apiKey: string | undefined;
}

export function loginFile(env: Environment): string {
  const home = env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? homedir(), '.config');
  return join(home, 'basset-webhooks', 'config.json');
}

export function readLogin(env: Environment): StoredLogin | undefined {
  const file = loginFile(env);
  try {
    const login = JSON.parse(readFileSync(file, 'utf8')) as Partial<StoredLogin> | null;
    if (typeof login?.url === 'string') return login as StoredLogin;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  throw usage(`${file} cannot be read as a login; run basset-webhooks login, or remove it`);
}

/** Only its owner may read it. */
export function writeLogin(env: Environment, login: StoredLogin): string {
  const file = loginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}

/** @returns whether there was one */
export function removeLogin(env: Environment): boolean {
  try {
    rmSync(loginFile(env));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A URL as people write it: also with `/api/v1`, with a slash, and without a scheme. */
export function serviceUrl(text: string): string {
  const url = URL.canParse(text) && /^https?:\/\//.test(text) ? new URL(text) : undefined;
  if (!url) throw usage(`${text} is no URL of a service; write it as http://127.0.0.1:8000`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

const isLoopback = (url: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname);

/** In the service's own container, where its keys are, nobody should have to give one. */
const ownKey = (env: Environment): string | undefined =>
  env['API_KEYS']?.split(',')[0]?.trim().split(':').at(-1);

/**
 * The URL: `--url`, `BASSET_WEBHOOKS_URL`, the login, this machine. The key: `--api-key-file`,
 * `BASSET_WEBHOOKS_API_KEY`, the login, `API_KEYS`. A key that was stored is given to nobody but the service it was
 * stored for, and one of `API_KEYS` to this machine only.
 *
 * @param readKey reads the file of `--api-key-file`, `-` = stdin
 */
export function connectionOf(
  flags: GlobalFlags,
  env: Environment,
  readKey: (file: string) => string,
): Connection {
  const given = flags.url ?? env['BASSET_WEBHOOKS_URL'];
  const explicit =
    flags.apiKeyFile === undefined ? env['BASSET_WEBHOOKS_API_KEY'] : readKey(flags.apiKeyFile).trim();
  const login = given !== undefined && explicit ? undefined : readLogin(env);
  const url = serviceUrl(given ?? login?.url ?? `http://127.0.0.1:${env['PORT'] || 8000}`);
  const stored = login?.url === url ? login.api_key : undefined;
  const apiKey = explicit || stored || (isLoopback(url) ? ownKey(env) : undefined);
  return { url, apiKey: apiKey || undefined };
}
