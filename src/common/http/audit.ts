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
import { contextOf } from './request-context.js';

const ACTION = 'basset:audit';

/** The id in the path, or of what was created. */
function targetOf({ params }: Request, answer: unknown): unknown {
  const { webhook_id: webhook, delivery_id: delivery } = params;
  return webhook ?? delivery ?? (answer as { readonly id?: unknown } | undefined)?.id ?? null;
}

/** One line for each change that was made: who, what, to which id. Never what was said, which may be a secret. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Audit');

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = this.reflector.get<string>(ACTION, context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      tap((answer: unknown) => {
        const { request_id = null, caller = 'anonymous' } = contextOf(request) ?? {};
        this.logger.log(action, { request_id, caller, action, target: targetOf(request, answer) });
      }),
    );
  }
}

/** Writes the change that an endpoint makes into the log; not for events, which are the hot path and have a log of their own. */
export function Audited(action: string): MethodDecorator {
  return applyDecorators(SetMetadata(ACTION, action), UseInterceptors(AuditInterceptor));
}
