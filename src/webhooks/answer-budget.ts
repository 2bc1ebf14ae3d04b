import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { defer, type Observable, switchMap } from 'rxjs';
import { ByteBudget } from '../common/byte-budget.js';
import { DomainError } from '../common/domain-error.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';

const MIB = 1024 * 1024;
/** For all answers that hold bodies, while they are made and until they are taken. */
const MAX_BYTES = 64 * MIB;
/** A page of the log, and one of it without bodies. */
const PAGE_BYTES = 4 * MIB;
const BARE_PAGE_BYTES = MIB / 2;
/** A body is there as a text, and in the text of the answer. */
const COPIES = 2;
/** An answer that is not taken in this time is given up, and so is the wait for room, ms. */
const MAX_MS = 60_000;

function tooBusy(): DomainError {
  return new DomainError(
    'unavailable',
    'too_many_readers',
    'Too many readers of the log; try again in a moment',
  );
}

/** Bounds how much is read out of the log at once. Readers wait for their turn before anything is read for them. */
@Injectable()
export class AnswerBudget implements NestInterceptor {
  private readonly budget = new ByteBudget(MAX_BYTES);

  constructor(@Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const bytes = this.bytesOf(http.getRequest<Request>());
    return defer(() => this.enter(http.getResponse<Response>(), bytes)).pipe(switchMap(() => next.handle()));
  }

  private bytesOf({ params, query }: Request): number {
    const { maxEventBytes } = this.options;
    if ((params['delivery_id'] ?? params['event_id']) !== undefined) return COPIES * maxEventBytes;
    const { payload } = query;
    const isBare = typeof payload === 'string' && /^(?:false|0|no|off)$/i.test(payload);
    return isBare ? BARE_PAGE_BYTES : COPIES * Math.max(PAGE_BYTES, maxEventBytes);
  }

  private async enter(response: Response, bytes: number): Promise<void> {
    const giveUp = new AbortController();
    const late = setTimeout(() => {
      giveUp.abort(tooBusy());
      if (response.headersSent) response.destroy();
    }, MAX_MS);
    response.once('close', () => {
      clearTimeout(late);
      giveUp.abort(tooBusy());
    });
    const giveBack = await this.budget.take(bytes, giveUp.signal);
    if (response.destroyed) giveBack();
    else response.once('close', giveBack);
  }
}
