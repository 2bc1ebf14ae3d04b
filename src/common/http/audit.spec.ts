import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { lastValueFrom, of, throwError } from 'rxjs';
import { Audited, AuditInterceptor } from './audit.js';
import { noteCaller, requestContext } from './request-context.js';

class Handlers {
  @Audited('webhook.update')
  update(): void {}
}

const lines: unknown[][] = [];
beforeEach(() => {
  lines.length = 0;
  const record = (...line: unknown[]): number => lines.push(line);
  Logger.overrideLogger({ log: record, error: record, warn: record });
});
afterEach(() => Logger.overrideLogger(false));

function contextFor(params: object, caller?: string): any {
  const request: any = { params, headers: { 'x-request-id': 'r-1' }, body: { secret: 'planted' } };
  requestContext(request, { setHeader: () => undefined } as any, () => undefined);
  if (caller !== undefined) noteCaller(request, caller);
  return { switchToHttp: () => ({ getRequest: () => request }), getHandler: () => Handlers.prototype.update };
}

const run = (context: any, answer: any): Promise<unknown> =>
  lastValueFrom(new AuditInterceptor(new Reflector()).intercept(context, { handle: () => answer }), {
    defaultValue: undefined,
  });

describe('the audit log', () => {
  it.each([
    [{ webhook_id: 'w-1' }, 'ci', undefined, { caller: 'ci', target: 'w-1' }],
    [{ delivery_id: 'd-1' }, 'ci', { id: 'x' }, { caller: 'ci', target: 'd-1' }],
    [
      { project_id: 'p' },
      undefined,
      { id: 'new', secret: 'planted' },
      { caller: 'anonymous', target: 'new' },
    ],
  ])('says who changed what: %j', async (params, caller, answer, expected) => {
    await run(contextFor(params, caller), of(answer));
    const fields = { request_id: 'r-1', action: 'webhook.update', ...expected };
    expect(lines).toEqual([['webhook.update', fields, 'Audit']]);
    expect(JSON.stringify(lines)).not.toContain('planted');
  });

  it('does not tell of what failed', async () => {
    const failing = throwError(() => new Error('no'));
    await expect(run(contextFor({ webhook_id: 'w-1' }), failing)).rejects.toThrow('no');
    expect(lines).toEqual([]);
  });
});
