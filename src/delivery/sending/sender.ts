import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { from, map, mergeMap, Observable, of } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { RenderedRequest } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import { AbortFlag, NEVER_CANCELLED, OutboundRequest } from './outbound-http.js';
import { KEPT_BYTES } from './response-reader.js';
import {
  answerForFormat,
  inWords,
  recordOf,
  shownReason,
  timed,
  type AnswerRecord,
  type Times,
} from './answer-record.js';
import { CredentialOpener } from './secret-cipher.js';
import type { Credentials } from './credentials.js';
import { DestinationGuard } from './destination-guard.js';
import { fatesOf, renderTogether, type Fate } from './group-request.js';
import { Handshakes } from './handshakes.js';
import type { Grouping, OutboundAttempt, Rendering, Endpoint } from '../model/endpoint.js';
import {
  outboundHeaders,
  interpret,
  optionsOf,
  render,
  renderedHeaders,
  RenderError,
} from './outbound-request.js';
import { DeadlineError, failureOf, kindOf } from './request-errors.js';

type FateRecord = Fate<AnswerRecord>;

/** What is read of an answer about several events. */
const MOST_READ = 64 * 1024;

/** Makes one request. The deadline is over the whole of it: name, connection, headers and body. */
@Injectable()
export class Sender {
  private readonly logger = new Logger(Sender.name);
  private readonly deadlineMs: number;
  /** Of the requests that are being made. */
  private readonly underWay = new Set<AbortFlag>();

  constructor(
    private readonly http: HttpService,
    private readonly clock: Clock,
    private readonly credentials: CredentialOpener,
    private readonly guard: DestinationGuard,
    private readonly handshakes: Handshakes,
    @Inject(WEBHOOKS_OPTIONS) { deliveryTimeoutSeconds }: WebhooksOptions,
  ) {
    this.deadlineMs = deliveryTimeoutSeconds * 1000;
  }

  /**
   * One emission, no errors: a failure is a result, too; after `interrupt` there may be none. Unsubscribing ends the
   * request. One observable instead of seven operators: this runs for every attempt.
   */
  send(attempt: OutboundAttempt): Observable<AttemptResult> {
    return this.withinDeadline(
      (nowMs, signal) => this.post(attempt, nowMs, signal),
      (error) => this.unanswered(attempt, error),
      timed,
    );
  }

  /** As `send`, for several deliveries of one webhook that share a request; their fates in order. */
  sendTogether(attempts: readonly OutboundAttempt[], grouping: Grouping): Observable<readonly Fate[]> {
    return this.withinDeadline<readonly FateRecord[], readonly Fate[]>(
      (nowMs, signal) => this.postTogether(attempts, grouping, nowMs, signal),
      (error) => attempts.map((attempt) => this.unanswered(attempt, error)),
      (answers, times) => answers.map((one) => (typeof one === 'string' ? one : timed(one, times))),
    );
  }

  /**
   * Ends all requests: those of which the status was read with that answer, for the receiver has taken the event; the
   * others without a result, as if they had not been made.
   */
  async interrupt(): Promise<void> {
    for (const signal of [...this.underWay]) {
      signal.isInterrupted = true;
      signal.abort();
    }
    // Behind those of the requests.
    await new Promise((resolve) => setImmediate(resolve));
  }

  private withinDeadline<T, R>(
    make: (nowMs: number, signal: AbortFlag) => Observable<T>,
    unanswered: (error: unknown) => T,
    result: (answer: T, times: Times) => R,
  ): Observable<R> {
    return new Observable((subscriber) => {
      const nowMs = this.clock.now();
      const started = this.clock.monotonic();
      const signal = new AbortFlag();
      const finish = (answer: T): void => {
        const durationMs = Math.round(this.clock.monotonic() - started);
        subscriber.next(result(answer, { startedAt: toTimestamp(nowMs), durationMs }));
        subscriber.complete();
      };
      const fail = (error: unknown): void => {
        if (signal.isInterrupted) subscriber.complete();
        else finish(unanswered(error));
      };
      const end = (): void => {
        signal.abort();
        // An answer of which the status was read comes in this turn.
        setImmediate(() => {
          if (!subscriber.closed) fail(new DeadlineError(true));
        });
      };
      const deadline = setTimeout(end, this.deadlineMs);
      this.underWay.add(signal);
      subscriber.add(() => {
        this.underWay.delete(signal);
        clearTimeout(deadline);
        signal.abort();
      });
      try {
        subscriber.add(make(nowMs, signal).subscribe({ next: finish, error: fail }));
      } catch (error) {
        fail(error);
      }
    });
  }

  private post(attempt: OutboundAttempt, nowMs: number, signal: AbortFlag): Observable<AnswerRecord> {
    const { endpoint } = attempt;
    const credentials = this.credentials.open(endpoint, nowMs);
    const timestamp = Math.floor(nowMs / 1000);
    const { rendering } = endpoint;
    if (rendering) {
      const post = (): Observable<AnswerRecord> =>
        this.postRendered(attempt, rendering, credentials, timestamp, signal);
      const asked = this.handshakes.before(endpoint, credentials);
      return asked ? from(asked).pipe(mergeMap((refusal) => (refusal ? of(refusal) : post()))) : post();
    }
    const headers = outboundHeaders(attempt, credentials, timestamp);
    const data = new OutboundRequest(headers, attempt.body, 'POST', false, KEPT_BYTES, credentials.url);
    const url = credentials.url ?? endpoint.url;
    return this.request(data, url, signal).pipe(
      map((response) => recordOf(response, credentials, this.clock.now())),
    );
  }

  private postRendered(
    attempt: OutboundAttempt,
    rendering: Rendering,
    credentials: Credentials,
    timestamp: number,
    signal: AbortFlag,
  ): Observable<AnswerRecord> {
    const rendered = render(attempt, rendering, credentials);
    const { origin } = this.handshakes;
    const send = (made: RenderedRequest): Observable<AnswerRecord> => {
      const headers = renderedHeaders(attempt, rendering, made, credentials, timestamp, origin);
      const data = new OutboundRequest(headers, made.body, made.method, true, KEPT_BYTES, credentials.url);
      return this.request(data, made.url, signal).pipe(
        map((response) => this.interpreted(attempt.endpoint, response, rendering, credentials)),
      );
    };
    return rendered instanceof Promise ? from(rendered).pipe(mergeMap(send)) : send(rendered);
  }

  private postTogether(
    attempts: readonly OutboundAttempt[],
    grouping: Grouping,
    nowMs: number,
    signal: AbortFlag,
  ): Observable<readonly FateRecord[]> {
    const [first] = attempts;
    if (!first?.endpoint.rendering) throw new Error('Without a format nothing is sent together');
    const { rendering } = first.endpoint;
    const credentials = this.credentials.open(first.endpoint, nowMs);
    const { request, sent, failed } = renderTogether(attempts, rendering, grouping, credentials);
    const whole = (fates: readonly FateRecord[]): FateRecord[] =>
      attempts.map((attempt, n) => {
        const error = failed.get(n);
        return error ? this.unanswered(attempt, error) : (fates[sent.indexOf(n)] ?? 'split');
      });
    if (!request) return of(whole([]));
    const timestamp = Math.floor(nowMs / 1000);
    const headers = renderedHeaders(
      first,
      rendering,
      request,
      credentials,
      timestamp,
      this.handshakes.origin,
    );
    const data = new OutboundRequest(headers, request.body, request.method, true, MOST_READ, credentials.url);
    return this.request(data, request.url, signal).pipe(
      map((response) => {
        const shared = { rendering, grouping, credentials, count: sent.length };
        return whole(fatesOf(response, shared, this.clock.now()));
      }),
    );
  }

  private request(data: OutboundRequest, url: string, signal: AbortFlag): Observable<AxiosResponse<Buffer>> {
    return this.http.request<Buffer>({ method: 'post', url, data, signal, cancelToken: NEVER_CANCELLED });
  }

  /** As the format takes it, in its own words. */
  private interpreted(
    { webhookId }: Endpoint,
    response: AxiosResponse<Buffer>,
    rendering: Rendering,
    credentials: Credentials,
  ): AnswerRecord {
    const options = optionsOf(rendering, credentials);
    const interpretation = interpret(rendering, answerForFormat(response), options);
    // Who refuses has perhaps thought better of it.
    if (interpretation.outcome === 'blocked') this.handshakes.forget(webhookId);
    return inWords(recordOf(response, credentials, this.clock.now()), interpretation, response, credentials);
  }

  /** Nobody was asked. The reason may quote what stands in the options. */
  private notRendered(endpoint: Endpoint, message: string): AnswerRecord {
    const reason = shownReason(message, this.credentials.open(endpoint, this.clock.now()));
    return {
      responseCode: null,
      responseBody: null,
      errorMessage: reason,
      errorCode: 'not_rendered',
      retryAfterSeconds: null,
      interpretation: { outcome: 'rejected', reason },
    };
  }

  private unanswered({ deliveryId, endpoint }: OutboundAttempt, error: unknown): AnswerRecord {
    this.logger.debug(`Delivery ${deliveryId} got no answer: ${kindOf(error)}`);
    if (error instanceof RenderError) return this.notRendered(endpoint, error.message);
    const { code, message } = failureOf(error, this.guard.publicHosts.has(endpoint.url));
    return {
      responseCode: null,
      responseBody: null,
      errorMessage: message,
      errorCode: code,
      retryAfterSeconds: null,
    };
  }
}
