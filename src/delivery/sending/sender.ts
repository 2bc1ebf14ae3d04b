import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { from, map, mergeMap, Observable } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { RenderedRequest } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import { parseRetryAfter } from './retry-after.js';
import { isSuccess } from '../model/retry-policy.js';
import { AbortFlag, NEVER_CANCELLED, OutboundRequest } from './outbound-http.js';
import { CredentialOpener } from './credential-opener.js';
import { type Credentials, hideCredentials } from './credentials.js';
import { DestinationGuard } from './destination-guard.js';
import { outboundHeaders } from './outbound-headers.js';
import { DeadlineError, failureOf, kindOf } from './request-errors.js';
import { interpret, optionsOf, render, renderedHeaders, RenderError } from './rendered.js';
import { KEPT_BYTES } from './response-reader.js';
import type { Endpoint, OutboundAttempt, Rendering } from '../model/endpoint.js';

/** An attempt's result without its times. */
type Answer = Omit<AttemptResult, 'startedAt' | 'durationMs'>;

/** A text for the log: without NUL, which Neo4j does not take, and without credentials. */
function shownText(text: string, credentials: Credentials, wasCut = false): string {
  return hideCredentials(text.replaceAll('\0', ''), credentials, wasCut).slice(0, KEPT_BYTES);
}

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
    @Inject(WEBHOOKS_OPTIONS) { deliveryTimeoutSeconds }: WebhooksOptions,
  ) {
    this.deadlineMs = deliveryTimeoutSeconds * 1000;
  }

  /**
   * One emission, no errors: a failure is a result, too; after `interrupt` there may be none. Unsubscribing ends the
   * request. One observable instead of seven operators: this runs for every attempt.
   */
  send(attempt: OutboundAttempt): Observable<AttemptResult> {
    return new Observable((subscriber) => {
      const nowMs = this.clock.now();
      const started = this.clock.monotonic();
      const signal = new AbortFlag();
      const finish = (answer: Answer): void => {
        subscriber.next({
          startedAt: toTimestamp(nowMs),
          durationMs: Math.round(this.clock.monotonic() - started),
          ...answer,
        });
        subscriber.complete();
      };
      const fail = (error: unknown): void => {
        if (signal.isInterrupted) subscriber.complete();
        else finish(this.unanswered(attempt, error));
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
        subscriber.add(this.post(attempt, nowMs, signal).subscribe({ next: finish, error: fail }));
      } catch (error) {
        fail(error);
      }
    });
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

  private post(attempt: OutboundAttempt, nowMs: number, signal: AbortFlag): Observable<Answer> {
    const { target } = attempt;
    const credentials = this.credentials.open(target, nowMs);
    const timestamp = Math.floor(nowMs / 1000);
    if (target.rendering) return this.postRendered(attempt, target.rendering, credentials, timestamp, signal);
    const data = new OutboundRequest(outboundHeaders(attempt, credentials, timestamp), attempt.body);
    const url = credentials.url ?? target.url;
    return this.request(data, url, signal).pipe(map((response) => this.answered(response, credentials)));
  }

  private postRendered(
    attempt: OutboundAttempt,
    rendering: Rendering,
    credentials: Credentials,
    timestamp: number,
    signal: AbortFlag,
  ): Observable<Answer> {
    const rendered = render(attempt, rendering, credentials);
    const send = (made: RenderedRequest): Observable<Answer> => {
      const headers = renderedHeaders(attempt, rendering, made, credentials, timestamp);
      const data = new OutboundRequest(headers, made.body, made.method, true);
      return this.request(data, made.url, signal).pipe(
        map((response) => this.interpreted(response, rendering, credentials)),
      );
    };
    return rendered instanceof Promise ? from(rendered).pipe(mergeMap(send)) : send(rendered);
  }

  private request(data: OutboundRequest, url: string, signal: AbortFlag): Observable<AxiosResponse<Buffer>> {
    return this.http.request<Buffer>({ method: 'post', url, data, signal, cancelToken: NEVER_CANCELLED });
  }

  /** As the format takes it, in its own words. */
  private interpreted(
    response: AxiosResponse<Buffer>,
    rendering: Rendering,
    credentials: Credentials,
  ): Answer {
    const { status, data } = response;
    const headers = Object.fromEntries(Object.entries(response.headers)) as Record<string, string>;
    const answer = { status, headers, body: data.toString('utf8') };
    const interpretation = interpret(rendering, answer, optionsOf(rendering, credentials));
    const isSuccessful = interpretation.outcome === 'success';
    const reason = shownText(interpretation.reason ?? `HTTP ${status}`, credentials);
    return {
      ...this.answered(response, credentials),
      errorMessage: isSuccessful ? null : reason,
      errorCode: isSuccessful ? null : 'http',
      interpretation: { ...interpretation, reason },
    };
  }

  private answered({ status, data, headers }: AxiosResponse<Buffer>, credentials: Credentials): Answer {
    const retryAfter: unknown = headers['retry-after'];
    return {
      responseCode: status,
      responseBody: shownText(data.toString('utf8'), credentials, data.length >= KEPT_BYTES),
      errorMessage: isSuccess(status) ? null : `HTTP ${status}`,
      errorCode: isSuccess(status) ? null : 'http',
      retryAfterSeconds:
        typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, this.clock.now()) : null,
    };
  }

  /** Nobody was asked. The reason may quote what stands in the options. */
  private notRendered(target: Endpoint, message: string): Answer {
    const reason = shownText(message, this.credentials.open(target, this.clock.now()));
    return {
      responseCode: null,
      responseBody: null,
      errorMessage: reason,
      errorCode: 'not_rendered',
      retryAfterSeconds: null,
      interpretation: { outcome: 'rejected', reason },
    };
  }

  private unanswered({ deliveryId, target }: OutboundAttempt, error: unknown): Answer {
    this.logger.debug(`Delivery ${deliveryId} got no answer: ${kindOf(error)}`);
    if (error instanceof RenderError) return this.notRendered(target, error.message);
    const { code, message } = failureOf(error, this.guard.publicHosts.has(target.url));
    return {
      responseCode: null,
      responseBody: null,
      errorMessage: message,
      errorCode: code,
      retryAfterSeconds: null,
    };
  }
}
