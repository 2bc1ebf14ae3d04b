import type { IncomingHttpHeaders } from 'node:http';
import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { asyncScheduler, catchError, defer, map, type Observable, of, type SchedulerLike, timeout, TimeoutError } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { AttemptResult } from '../delivery.js';
import { parseRetryAfter } from '../retry/retry-after.js';
import { isSuccess } from '../retry/retry-policy.js';
import { PolicyError } from './outbound-agent.js';
import { outboundHeaders } from './outbound-headers.js';
import type { OutboundAttempt } from './target.js';

/** All that a caller may learn of a request without an answer; the details are for the log. */
function reasonOf(error: unknown): string {
  if (error instanceof TimeoutError) return 'timed out';
  if (error instanceof PolicyError) return 'refused by policy';
  return 'could not connect';
}

/** Makes one request. The deadline is over the whole of it: name, connection, headers and body. */
@Injectable()
export class Sender {
  private readonly logger = new Logger(Sender.name);
  private readonly deadline: { readonly first: number; readonly scheduler: SchedulerLike };

  constructor(
    private readonly http: HttpService,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) { deliveryTimeoutSeconds }: WebhooksOptions,
  ) {
    this.deadline = { first: deliveryTimeoutSeconds * 1000, scheduler: asyncScheduler };
  }

  /** One emission, no errors: a failure is a result, too. Unsubscribing ends the request. */
  send(attempt: OutboundAttempt): Observable<AttemptResult> {
    return defer(() => {
      const nowMs = this.clock.now();
      const started = this.clock.monotonic();
      const timing = (): Pick<AttemptResult, 'startedAt' | 'durationMs'> => ({
        startedAt: toTimestamp(nowMs),
        durationMs: Math.round(this.clock.monotonic() - started),
      });
      const headers = outboundHeaders(attempt, Math.floor(nowMs / 1000));
      return this.http.post<Buffer>(attempt.target.url, attempt.body, { headers }).pipe(
        timeout(this.deadline),
        map((response) => ({ ...timing(), ...this.answered(response) })),
        catchError((error: unknown) => of({ ...timing(), ...this.unanswered(attempt, error) })),
      );
    });
  }

  private answered(response: AxiosResponse<Buffer>): Omit<AttemptResult, 'startedAt' | 'durationMs'> {
    const { status, data } = response;
    const headers = response.headers as IncomingHttpHeaders;
    return {
      responseCode: status,
      responseBody: data.toString('utf8').replaceAll('\0', ''),
      errorMessage: isSuccess(status) ? null : `HTTP ${status}`,
      retryAfterSeconds: parseRetryAfter(headers['retry-after'], this.clock.now()),
    };
  }

  private unanswered(
    { deliveryId }: OutboundAttempt,
    error: unknown,
  ): Omit<AttemptResult, 'startedAt' | 'durationMs'> {
    this.logger.debug(`Delivery ${deliveryId} got no answer: ${String(error)}`);
    return { responseCode: null, responseBody: null, errorMessage: reasonOf(error), retryAfterSeconds: null };
  }
}
