import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HttpException, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { lastValueFrom, of, throwError } from 'rxjs';
import { DomainError } from '../domain-error.js';
import { actionOf, Audited, AuditInterceptor, auditRefusal } from './audit.js';

class Controller {
  @Audited('webhook.delete')
  remove(): void {
    // Only its metadata is of use.
  }

  read(): void {
    // It changes nothing.
  }
}

const context = (handler: () => unknown): any => ({
  getHandler: () => handler,
  switchToHttp: () => ({ getRequest: () => ({ params: { webhook_id: 'w' } }) }),
});
const { remove, read } = Controller.prototype;
const notFound = new DomainError('not-found', 'webhook_not_found', 'no');

describe('the audit log', () => {
  const reflector = new Reflector();
  const lines: [string, string, any][] = [];
  beforeEach(() => {
    lines.length = 0;
    for (const level of ['log', 'warn'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation((message: string, detail: unknown) => {
        lines.push([level, message, detail]);
      });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('has a line for each change that was made', async () => {
    const interceptor = new AuditInterceptor(reflector);
    await lastValueFrom(interceptor.intercept(context(remove), { handle: () => of(1) }));
    expect(lines).toEqual([['log', 'webhook.delete', expect.objectContaining({ target: 'w' })]]);
  });

  it('has one for each that was refused, by what does it and by the guards before', async () => {
    const interceptor = new AuditInterceptor(reflector);
    const failing = interceptor.intercept(context(remove), { handle: () => throwError(() => notFound) });
    await expect(lastValueFrom(failing)).rejects.toBe(notFound);
    auditRefusal(context(remove), actionOf(reflector, context(remove)), new HttpException('no', 403));
    expect(lines.map(([level, , detail]) => [level, detail.refused, detail.target])).toEqual([
      ['warn', 404, 'w'],
      ['warn', 403, 'w'],
    ]);
  });

  it('has none for calls that change nothing, nor for those without a key, which are told elsewhere', () => {
    auditRefusal(context(read), actionOf(reflector, context(read)), notFound);
    auditRefusal(context(remove), actionOf(reflector, context(remove)), new HttpException('no', 401));
    expect(lines).toEqual([]);
  });

  it('is not flooded by what is refused', () => {
    for (let n = 0; n < 1000; n += 1) auditRefusal(context(remove), 'webhook.delete', notFound);
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});
