import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { map, Observable } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { AttemptResult } from '../delivery.js';
import { parseRetryAfter } from '../retry/retry-after.js';
import { isSuccess } from '../retry/retry-policy.js';
import { AbortFlag, NEVER_CANCELLED } from './abort-flag.js';
import { CredentialOpener } from './credential-opener.js';
import { hideCredentials, type Credentials } from './credentials.js';
import { DestinationGuard } from './destination-guard.js';
import { outboundHeaders } from './outbound-headers.js';
import { OutboundRequest } from './outbound-request.js';
import { DeadlineError, failureOf, kindOf } from './request-errors.js';
import { KEPT_BYTES } from './response-reader.js';
import type { OutboundAttempt } from './target.js';

/** An attempt's result without its times. */
type Answer = Omit<AttemptResult, 'startedAt' | 'durationMs'>;

/** The text of a body for the log: without NUL, which Neo4j does not take, and without credentials. */
function shownBody(data: Buffer, credentials: Credentials): string {
  const text = data.toString('utf8').replaceAll('\0', '');
  return hideCredentials(text, credentials, data.length >= KEPT_BYTES).slice(0, KEPT_BYTES);
}

/** Makes one request. The deadline is over the whole of it: name, connection, headers and body. */
@Injectable()
export class Sender {
  private readonly logger = new Logger(Sender.name);
  private readonly deadlineMs: number;

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
   * One emission, no errors: a failure is a result, too. Unsubscribing ends the request. One observable instead of seven
   * operators: this runs for every attempt.
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
      const fail = (error: unknown): void => finish(this.unanswered(attempt, error));
      const end = (): void => {
        signal.abort();
        // An answer of which the status was read comes in this turn.
        setImmediate(() => {
          if (!subscriber.closed) fail(new DeadlineError(true));
        });
      };
      const deadline = setTimeout(end, this.deadlineMs);
      subscriber.add(() => {
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

  private post(attempt: OutboundAttempt, nowMs: number, signal: AbortFlag): Observable<Answer> {
    const credentials = this.credentials.open(attempt.target, nowMs);
    const headers = outboundHeaders(attempt, credentials, Math.floor(nowMs / 1000));
    const data = new OutboundRequest(headers, attempt.body);
    const config = { method: 'post', url: attempt.target.url, data, signal, cancelToken: NEVER_CANCELLED };
    return this.http.request<Buffer>(config).pipe(map((response) => this.answered(response, credentials)));
  }

  private answered({ status, data, headers }: AxiosResponse<Buffer>, credentials: Credentials): Answer {
    const retryAfter: unknown = headers['retry-after'];
    return {
      responseCode: status,
      responseBody: shownBody(data, credentials),
      errorMessage: isSuccess(status) ? null : `HTTP ${status}`,
      errorCode: isSuccess(status) ? null : 'http',
      retryAfterSeconds:
        typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, this.clock.now()) : null,
    };
  }

  private unanswered({ deliveryId, target }: OutboundAttempt, error: unknown): Answer {
    this.logger.debug(`Delivery ${deliveryId} got no answer: ${kindOf(error)}`);
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
