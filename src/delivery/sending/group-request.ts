import type { AxiosResponse } from 'axios';
import { defaultInterpretation } from '../../formats/default-interpretation.js';
import type { Answer, Interpretation, RenderedRequest } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import { answerForFormat, inWords, recordOf, type AnswerRecord } from './answer-record.js';
import type { Credentials } from './credentials.js';
import type { Grouping, OutboundAttempt, Rendering } from '../model/endpoint.js';
import { optionsOf, render, RenderError, toFormatEvent, webhookOf } from './outbound-request.js';

/** What is to be sent for several deliveries of one webhook. */
export interface GroupRequest {
  /** null = nothing can be sent together: which delivery is in the way is found by sending smaller parts. */
  readonly request: RenderedRequest | null;
  /** Those that are in it, by their place among all. */
  readonly sent: readonly number[];
  /** Those of which the format can make nothing. */
  readonly failed: ReadonlyMap<number, RenderError>;
}

/** @param makeOne what one of them becomes; throws where that is nothing */
function eachOf<T>(
  attempts: readonly OutboundAttempt[],
  makeOne: (attempt: OutboundAttempt) => T,
  join: (made: readonly T[]) => RenderedRequest,
): GroupRequest {
  const failed = new Map<number, RenderError>();
  const sent: number[] = [];
  const made: T[] = [];
  for (const [n, attempt] of attempts.entries()) {
    try {
      made.push(makeOne(attempt));
      sent.push(n);
    } catch (error) {
      failed.set(n, RenderError.of(error));
    }
  }
  return { request: joined(made, join), sent, failed };
}

function joined<T>(
  made: readonly T[],
  join: (made: readonly T[]) => RenderedRequest,
): RenderedRequest | null {
  try {
    return made.length === 0 ? null : join(made);
  } catch {
    return null;
  }
}

function renderNow(
  attempt: OutboundAttempt,
  rendering: Rendering,
  credentials: Credentials,
): RenderedRequest {
  const made = render(attempt, rendering, credentials);
  if (made instanceof Promise) throw new Error(`${rendering.format.name} cannot be sent together`);
  return made;
}

/** One request for all of them, as the format makes it. Never throws. */
export function renderTogether(
  attempts: readonly OutboundAttempt[],
  rendering: Rendering,
  { kind }: Grouping,
  credentials: Credentials,
): GroupRequest {
  const { format } = rendering;
  if (kind === 'batch') {
    return eachOf(
      attempts,
      (attempt) => renderNow(attempt, rendering, credentials),
      (requests) => {
        const [only, ...others] = requests;
        if (only && others.length === 0) return only;
        if (!format.batch) throw new Error(`${format.name} takes no batches`);
        return format.batch.join(requests);
      },
    );
  }
  return eachOf(
    attempts,
    ({ eventId, body }) => toFormatEvent(eventId, body),
    (events) => {
      const [first] = attempts;
      if (!format.renderDigest || !first) throw new Error(`${format.name} has no digest`);
      const options = optionsOf(rendering, credentials);
      return format.renderDigest(events, options, webhookOf(first.endpoint, credentials));
    },
  );
}

/**
 * What a request that several deliveries share brought for one of them. `again`: nothing was said of it; `split`: the
 * request was refused as a whole, and the fault may be that of another.
 */
export type Fate<Result = AttemptResult> = Result | 'again' | 'split';

/** What an answer is about. */
export interface SharedRequest {
  readonly rendering: Rendering;
  readonly grouping: Grouping;
  readonly credentials: Credentials;
  /** Deliveries in it. */
  readonly count: number;
}

/** What is kept of an answer for each delivery that arrived: it is the same text for all of them. */
const KEPT_OF_SHARED = 128;

/** What the answer means for each delivery of the request, in order. */
export function fatesOf(
  response: AxiosResponse<Buffer>,
  shared: SharedRequest,
  nowMs: number,
): Fate<AnswerRecord>[] {
  const record = recordOf(response, shared.credentials, nowMs);
  const responseBody = record.responseBody?.slice(0, KEPT_OF_SHARED) ?? null;
  const known = new Map<Interpretation, AnswerRecord>();
  return interpretTogether(shared, answerForFormat(response)).map((one) => {
    if (typeof one === 'string') return one;
    const isSuccess = one.outcome === 'success';
    const fate =
      known.get(one) ??
      inWords(isSuccess ? { ...record, responseBody } : record, one, response, shared.credentials);
    known.set(one, fate);
    return fate;
  });
}

function interpretTogether(shared: SharedRequest, answer: Answer): readonly Fate<Interpretation>[] {
  const { count } = shared;
  const taken = said(shared, answer);
  if ('outcome' in taken) {
    const isSplit = taken.outcome === 'rejected' && count > 1;
    return Array<Fate<Interpretation>>(count).fill(isSplit ? 'split' : taken);
  }
  const each = withoutLoneBlocks(Array.from({ length: count }, (_, n) => taken[n] ?? 'again'));
  // An answer that settles nothing would be asked for without end.
  return each.every((one) => one === 'again') ? each.map(() => ({ outcome: 'retry' })) : each;
}

/**
 * Where one of them arrived, the configuration is not wrong for everything, and what is blocked would go along with
 * each request that follows: it is tried again by the schedule of the webhook, and ends.
 */
function withoutLoneBlocks(each: readonly Fate<Interpretation>[]): readonly Fate<Interpretation>[] {
  const arrived = each.some((one) => typeof one !== 'string' && one.outcome === 'success');
  if (!arrived) return each;
  const known = new Map<Interpretation, Interpretation>();
  return each.map((one) => {
    if (typeof one === 'string' || one.outcome !== 'blocked') return one;
    const again = known.get(one) ?? { ...one, outcome: 'retry' };
    known.set(one, again);
    return again;
  });
}

function said(
  { rendering, grouping, credentials, count }: SharedRequest,
  answer: Answer,
): Interpretation | readonly (Interpretation | undefined)[] {
  const { format } = rendering;
  const options = optionsOf(rendering, credentials);
  try {
    if (grouping.kind === 'batch' && count > 1)
      return format.batch?.interpret(answer, count, options) ?? defaultInterpretation(answer);
    return format.interpret(answer, options);
  } catch {
    return defaultInterpretation(answer);
  }
}
