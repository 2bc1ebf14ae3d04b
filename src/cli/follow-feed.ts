import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from './api.js';
import type { Cli } from './cli.js';
import { CliError, EXIT } from './exit.js';
import { serverSentEvents } from './server-sent-events.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface Follower {
  /** One item of the feed. */
  item(name: string, data: Readonly<Record<string, unknown>>): Promise<void>;
  /** The stream is there, again after a gap. */
  opened(isAgain: boolean): Promise<void>;
}

/** Reads one stream to its end. */
async function readOnce(
  cli: Cli,
  query: Query,
  follower: Follower,
  isAgain: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { body } = await cli.api.stream('/feed', { query, signal });
  await follower.opened(isAgain);
  if (!body) return;
  for await (const { name, data } of serverSentEvents(body)) {
    const item = JSON.parse(data) as Record<string, unknown>;
    if (name === 'lagging') cli.note(`# ${String(item['dropped'])} missed: more came than could be taken`);
    else await follower.item(name, item);
  }
}

/** What does not go away by trying again ends the command. */
const isLasting = (error: unknown): boolean => error instanceof CliError && error.status !== EXIT.unreachable;

/** Follows the feed until `signal`, and goes on by itself when it breaks off. The first time it must be there. */
export async function followFeed(
  cli: Cli,
  query: Query,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  let wasOpen = false as boolean;
  const opened = async (isAgain: boolean): Promise<void> => {
    [wasOpen, pause] = [true, FIRST_PAUSE_MS];
    await follower.opened(isAgain);
  };
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      await readOnce(cli, query, { ...follower, opened }, wasOpen, signal);
    } catch (error) {
      if (!isOver() && (isLasting(error) || !wasOpen)) throw error;
    }
    if (isOver()) return;
    cli.note('# broken off; trying again');
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
