import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
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
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    if (request[PASSED]) return true;
    this.loops.canActivate(context);
    this.browsers.canActivate(context);
    this.keys.canActivate(context);
    request[PASSED] = true;
    return this.bodies.canActivate(context);
  }
}
