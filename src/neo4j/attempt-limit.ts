import { areConnectionsUseless } from './driver-errors.js';
import { NoAnswerError } from './graph-errors.js';

/** How long one attempt may take, ms. */
export interface AttemptLimits {
  /** … while nothing at all is heard of the server. */
  readonly silenceMs: number;
  /** … while it answers others: a statement may be slow. */
  readonly limitMs: number;
}

/** What an attempt wants to know of its server. */
export interface SignsOfLife {
  /** When anything was heard of it, monotonic ms. */
  heardAt(): number;
  /** Asks it to say something, on another connection. Never rejects. */
  ask(): Promise<void>;
  /** Aborted when all connections are given up, and with them this attempt. */
  readonly lost: AbortSignal;
  /** Gives up all connections. */
  replace(): void;
}

/** Timers run before what came in is read: after the process was held up, answers may lie in the sockets. */
const LOOK_AGAIN_MS = 50;

/**
 * The result of an attempt, or a NoAnswerError when it takes too long: half-open connections and frozen servers never
 * fail by themselves. A server that answers others meanwhile is slow, not away.
 */
export async function underLimits<T>(
  attempt: Promise<T>,
  { silenceMs, limitMs }: AttemptLimits,
  life: SignsOfLife,
): Promise<T> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  const isHeard = (): boolean => life.heardAt() > started;
  const late = (): NoAnswerError => new NoAnswerError(performance.now() - started, isHeard());
  const overdue = async (): Promise<never> => {
    await wait(Math.min(silenceMs, limitMs) / 2);
    if (!isHeard()) void life.ask();
    await wait(Math.min(silenceMs, limitMs) / 2 + LOOK_AGAIN_MS);
    if (isHeard()) await wait(Math.max(0, limitMs - silenceMs));
    throw late();
  };
  const { lost } = life;
  let end = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => {
      reject(late());
    };
    lost.addEventListener('abort', end);
  });
  attempt.catch(() => undefined);
  try {
    return await Promise.race([attempt, overdue(), ended]);
  } catch (error) {
    if (!lost.aborted && areConnectionsUseless(error)) life.replace();
    throw error;
  } finally {
    clearTimeout(timer);
    lost.removeEventListener('abort', end);
  }
}
