import { isDeepStrictEqual } from 'node:util';
import type { Answer, FormatOptions, Interpretation } from '../format.js';
import { interpretation, saying } from '../request.js';

/** Which answers are success: all that is said must hold. */
interface Expectation {
  readonly status?: readonly number[];
  readonly body?: string;
  /** JSON pointers (RFC 6901) with the values that must stand there. */
  readonly json?: Readonly<Record<string, unknown>>;
}

/** What a JSON pointer leads to; undefined for nothing. */
export function atPointer(value: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((at, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
      ? (at as Readonly<Record<string, unknown>>)[name]
      : undefined;
  }, value);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Why the answer is no success; undefined if it is one. */
function difference({ status: statuses, body, json = {} }: Expectation, answer: Answer): string | undefined {
  const { status } = answer;
  const isGood = statuses ? statuses.includes(status) : status >= 200 && status < 300;
  if (!isGood) return `HTTP ${status}`;
  if (body !== undefined && answer.body.trim() !== body.trim()) return 'the body is not as expected';
  return missing(json, parsed(answer.body));
}

/** What does not stand where it should; the order of the members of an object says nothing. */
function missing(json: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  const wrong = Object.entries(json).find(
    ([pointer, expected]) => !isDeepStrictEqual(atPointer(value, pointer), expected),
  );
  if (!wrong) return undefined;
  const [pointer, expected] = wrong;
  return value === undefined
    ? 'the answer is no JSON of at most 1 KiB'
    : `${pointer || 'the whole'} is not ${JSON.stringify(expected)}`;
}

/** As with `basset`, so that a 4xx is retried; but a 2xx that is not as expected is `rejected`. */
export function interpretCustom(answer: Answer, options: FormatOptions): Interpretation {
  const { status } = answer;
  const reason = difference(options.expect ?? {}, answer);
  if (reason === undefined) return { outcome: 'success' };
  if (status >= 200 && status < 300) return interpretation('rejected', saying('Not as expected', reason));
  if (status === 410) return { outcome: 'gone' };
  return { outcome: status === 429 ? 'throttled' : 'retry' };
}
