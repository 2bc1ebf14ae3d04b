import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { stringifyWithRaw } from '../json/raw-json.js';

/** Writes answers that hold `RawJson`: its text goes out as it is, where `response.json` would change large numbers. */
@Injectable()
export class RawJsonInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<string> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((answer: unknown) => {
        response.type('application/json');
        return stringifyWithRaw(answer);
      }),
    );
  }
}
