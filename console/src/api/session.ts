import { callForText } from './call.js';

/** Who uses the console. */
export interface Session {
  /** The name of the key; null = the service asks for none. */
  readonly caller: string | null;
  readonly read_only: boolean;
  /** null = it has no end, because nobody needs to sign in. */
  readonly expires_at: string | null;
}

const URL = '/console/session';

export async function readSession(): Promise<Session> {
  return JSON.parse(await callForText('GET', URL)) as Session;
}

export async function signIn(key: string): Promise<void> {
  await callForText('POST', URL, { key });
}

export async function signOut(): Promise<void> {
  await callForText('DELETE', URL);
}
