import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { actionOf, auditRefusal } from '../common/http/audit.js';
import { JsonBodyGuard } from '../common/http/json-body.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { BrowserGuard } from './browser.guard.js';
import { LoopGuard } from './loop.guard.js';

const PASSED = Symbol('passed the guards of the API');

type GuardedRequest = Request & { [PASSED]?: true };

/**
 * The door of the API: no delivery that comes back, the browser, the key, and only then the body, which is read for those who may call. The
 * controllers bring it with them into whatever application they are mounted in; the stand-alone service puts it in front
 * of everything, and what has passed there is not asked again.
 */
@Injectable()
export class ApiGuard implements CanActivate {
  constructor(
    private readonly loops: LoopGuard,
    private readonly browsers: BrowserGuard,
    private readonly keys: ApiKeyGuard,
    private readonly bodies: JsonBodyGuard,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    return request[PASSED] ?? this.admitOrTell(context);
  }

  /** A change that is refused here is on record as well; the interceptor that writes about changes comes later. */
  private async admitOrTell(context: ExecutionContext): Promise<boolean> {
    try {
      return await this.admit(context);
    } catch (error) {
      auditRefusal(context, actionOf(this.reflector, context), error);
      throw error;
    }
  }

  private admit(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    this.loops.canActivate(context);
    this.browsers.canActivate(context);
    this.keys.canActivate(context);
    request[PASSED] = true;
    return this.bodies.canActivate(context);
  }
}
