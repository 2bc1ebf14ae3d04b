import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { tap, type Observable } from 'rxjs';
import { memberOf } from '../caught.js';
import { BoundedLog } from '../bounded-log.js';
import { problemOf } from './problem.js';
import { contextOf } from './request-context.js';

const ACTION = 'basset:audit';
/** A program that repeats what is refused would fill the disk. */
const REFUSALS = 60;
const SPAN_MS = 60_000;
const UNAUTHORIZED = 401;

/** Of all that is refused, wherever: interceptors are made for each controller. */
const refusals = new BoundedLog(REFUSALS, SPAN_MS);
const logger = new Logger('Audit');

/** The id in the path, or of what was created. */
function targetOf({ params }: Request, answer: unknown): unknown {
  const { webhook_id: webhook, delivery_id: delivery } = params;
  return webhook ?? delivery ?? memberOf(answer, 'id') ?? null;
}

function lineOf(request: Request, action: string, answer?: unknown): Record<string, unknown> {
  const { request_id = null, caller = 'anonymous' } = contextOf(request) ?? {};
  return { request_id, caller, action, target: targetOf(request, answer) };
}

/** Writes that a change was asked for and refused, with the status of the answer. A missing key has a log of its own. */
export function auditRefusal(context: ExecutionContext, action: string | undefined, error: unknown): void {
  if (action === undefined) return;
  const { status } = problemOf(error);
  const allowed = status === UNAUTHORIZED ? undefined : refusals.take();
  if (!allowed) return;
  const line = lineOf(context.switchToHttp().getRequest<Request>(), action);
  logger.warn(`${action} refused`, { ...line, refused: status, kept_back: allowed.keptBack });
}

/** The audited action that a handler does; undefined = it does none. */
export function actionOf(reflector: Reflector, context: ExecutionContext): string | undefined {
  return reflector.get<string | undefined>(ACTION, context.getHandler());
}

/** One line for each change that was made or refused: who, what, to which id. Never what was said, which may be a secret. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = actionOf(this.reflector, context) ?? '';
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      tap({
        next: (answer: unknown) => {
          logger.log(action, lineOf(request, action, answer));
        },
        error: (error: unknown) => {
          auditRefusal(context, action, error);
        },
      }),
    );
  }
}

/** Writes the change that an endpoint makes into the log; not for events, which are the hot path and have a log of their own. */
export function Audited(action: string): MethodDecorator {
  return applyDecorators(SetMetadata(ACTION, action), UseInterceptors(AuditInterceptor));
}
