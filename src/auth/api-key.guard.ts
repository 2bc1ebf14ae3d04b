import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { PUBLIC, type PublicEndpoint } from '../common/http/public.js';
import { RefusedLogins } from './refused-logins.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { SAFE_METHODS } from './browser.guard.js';
import { setCaller, type Caller } from './caller.js';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function givenKey({ headers }: Request): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' ? plain : undefined);
}

class Unauthorized extends HttpException {
  readonly headers = { 'WWW-Authenticate': 'Bearer realm="basset-hound-webhooks"' };

  constructor() {
    super('An API key is needed: send Authorization: Bearer <key>, or X-API-Key', 401);
  }
}

/**
 * Lets in who has one of the API keys; without configured keys, everybody that reaches the service. What is open is
 * told by the handler and never by the path: Express matches paths in any case (`/API/v1`), a comparison would not.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly open: ReadonlySet<PublicEndpoint>;
  private readonly keys: readonly (Caller & { readonly digest: Buffer })[];

  constructor(
    @Inject(WEBHOOKS_OPTIONS) { apiKeys, publicEndpoints }: WebhooksOptions,
    private readonly reflector: Reflector,
    private readonly refused: RefusedLogins,
  ) {
    this.open = new Set(publicEndpoints);
    this.keys = apiKeys.map(({ name, key, readOnly = false }) => ({ name, readOnly, digest: digest(key) }));
  }

  canActivate(context: ExecutionContext): boolean {
    const endpoint = this.reflector.get<PublicEndpoint | undefined>(PUBLIC, context.getClass());
    this.check(context.switchToHttp().getRequest<Request>(), endpoint);
    return true;
  }

  /**
   * @param endpoint what the request is for, if that may be open to everybody
   * @throws Unauthorized
   * @throws HttpException (403) for what would change something, with a key that may only look
   */
  check(request: Request, endpoint?: PublicEndpoint): void {
    if (this.keys.length === 0 || (endpoint !== undefined && this.open.has(endpoint))) return;
    const key = givenKey(request);
    const caller = this.callerOf(key ?? '');
    if (caller === undefined) {
      this.refused.note(request, key === undefined ? 'missing' : 'wrong');
      throw new Unauthorized();
    }
    setCaller(request, caller);
    if (caller.readOnly && !SAFE_METHODS.has(request.method))
      throw new HttpException('This API key may only read: GET, HEAD and OPTIONS', 403);
  }

  /** Compares with every key, in a time that does not depend on where they differ. */
  private callerOf(key: string): Caller | undefined {
    const given = digest(key);
    let caller: Caller | undefined;
    for (const known of this.keys) if (timingSafeEqual(known.digest, given)) caller = known;
    return caller;
  }
}
