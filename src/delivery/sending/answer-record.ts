import type { AxiosResponse } from 'axios';
import type { Answer, Interpretation } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import { parseRetryAfter } from './retry-after.js';
import { isSuccess } from '../model/retry-policy.js';
import { hideCredentials, type Credentials, type TextEnd } from './credentials.js';
import { cleanLine, fit } from '../../formats/text.js';
import { KEPT_BYTES } from './response-reader.js';

export type Times = Pick<AttemptResult, 'startedAt' | 'durationMs'>;

/** What an attempt brought, without its times. */
export type AnswerRecord = Omit<AttemptResult, keyof Times>;

/** An answer with its times. One literal where formats say nothing, for this runs for every attempt. */
export function timed(record: AnswerRecord, { startedAt, durationMs }: Times): AttemptResult {
  if (record.interpretation) return { ...record, startedAt, durationMs };
  const { responseCode, responseBody, errorMessage, errorCode, retryAfterSeconds } = record;
  return { startedAt, durationMs, responseCode, responseBody, errorMessage, errorCode, retryAfterSeconds };
}

/** A text for the log: without NUL, which Neo4j does not take, and without credentials. */
function shownText(text: string, credentials: Credentials, end: TextEnd): string {
  return hideCredentials(text.replaceAll('\0', ''), credentials, end).slice(0, KEPT_BYTES);
}

/** Of a reason so much is shown. */
const MOST_REASON = 300;
/** Of a longer one the rest is not looked at. */
const MOST_SAID = 4096;

/**
 * A sentence of a format for the log, which may quote its receiver: credentials are hidden before it is cut, and no
 * control or bidi character gets where analysts read.
 *
 * @param end `perhaps cut` where it may quote the end of an answer that was cut
 */
export function shownReason(reason: string, credentials: Credentials, end: TextEnd = 'whole'): string {
  const said = reason.slice(0, MOST_SAID).replaceAll('\0', '');
  return fit(cleanLine(hideCredentials(said, credentials, end)), MOST_REASON).text;
}

/** How the text of an answer ends, of which so much is kept. */
const endOf = ({ data }: AxiosResponse<Buffer>): TextEnd => (data.length >= KEPT_BYTES ? 'cut' : 'whole');

/** An answer by its status alone. */
export function recordOf(
  response: AxiosResponse<Buffer>,
  credentials: Credentials,
  nowMs: number,
): AnswerRecord {
  const { status, data, headers } = response;
  const retryAfter: unknown = headers['retry-after'];
  return {
    responseCode: status,
    responseBody: shownText(data.toString('utf8', 0, KEPT_BYTES), credentials, endOf(response)),
    errorMessage: isSuccess(status) ? null : `HTTP ${status}`,
    errorCode: isSuccess(status) ? null : 'http',
    retryAfterSeconds: typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, nowMs) : null,
  };
}

/** An answer as formats see it. */
export function answerForFormat({ status, data, headers }: AxiosResponse<Buffer>): Answer {
  const all = Object.fromEntries(Object.entries(headers)) as Record<string, string>;
  return { status, headers: all, body: data.toString('utf8') };
}

/** The same answer as a format takes it, in its own words. */
export function inWords(
  record: AnswerRecord,
  interpretation: Interpretation,
  response: AxiosResponse<Buffer>,
  credentials: Credentials,
): AnswerRecord {
  const isSuccessful = interpretation.outcome === 'success';
  const said = interpretation.reason ?? `HTTP ${record.responseCode}`;
  const reason = shownReason(said, credentials, endOf(response) === 'cut' ? 'perhaps cut' : 'whole');
  return {
    ...record,
    errorMessage: isSuccessful ? null : reason,
    errorCode: isSuccessful ? null : 'http',
    interpretation: { ...interpretation, reason },
  };
}
