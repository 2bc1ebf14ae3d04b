import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  Optional,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ONLY_ASKS, PUBLIC, type PublicEndpoint, UNGUARDED } from '../common/http/public.js';
import { RefusedLogins } from './refused-logins.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { foreignPage, SAFE_METHODS } from './browser.guard.js';
import { setCaller, type Caller } from './caller.js';
import { isFromOwnPage } from './own-page.js';
import { SessionSeal } from './session-seal.js';

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

  constructor(detail = 'An API key is needed: send Authorization: Bearer <key>, or X-API-Key') {
    super(detail, 401);
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
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    private readonly reflector: Reflector,
    private readonly refused: RefusedLogins,
    @Optional() private readonly sessions?: SessionSeal,
  ) {
    const { apiKeys, publicEndpoints } = options;
    this.open = new Set(publicEndpoints);
    this.keys = apiKeys.map(({ name, key, readOnly = false }) => ({ name, readOnly, digest: digest(key) }));
  }

  get hasKeys(): boolean {
    return this.keys.length > 0;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(UNGUARDED, context.getClass())) return true;
    const endpoint = this.reflector.get<PublicEndpoint | undefined>(PUBLIC, context.getClass());
    const onlyAsks = this.reflector.get<boolean | undefined>(ONLY_ASKS, context.getHandler());
    this.check(context.switchToHttp().getRequest<Request>(), endpoint, onlyAsks);
    return true;
  }

  /**
   * @param endpoint what the request is for, if that may be open to everybody
   * @param onlyAsks whether it changes nothing, whatever its method
   * @throws Unauthorized
   * @throws HttpException (403) for what would change something, with a key that may only look, or from a foreign page
   */
  check(request: Request, endpoint?: PublicEndpoint, onlyAsks = false): void {
    if (!this.hasKeys || (endpoint !== undefined && this.open.has(endpoint))) return;
    const key = givenKey(request);
    const caller = key === undefined ? this.bySession(request) : this.byDigest(digest(key));
    if (caller === undefined) {
      this.refused.note(request, key === undefined ? 'missing' : 'wrong');
      throw new Unauthorized();
    }
    setCaller(request, caller);
    if (caller.readOnly && !onlyAsks && !SAFE_METHODS.has(request.method))
      throw new HttpException('This API key may only read: GET, HEAD, OPTIONS and POST /webhooks/match', 403);
  }

  /**
   * Whether there is such a key, for a session that is to begin.
   * @returns its digest
   * @throws Unauthorized
   */
  signIn(request: Request, key: string): string {
    const given = digest(key);
    const caller = this.byDigest(given);
    if (!caller) {
      this.refused.note(request, 'wrong');
      throw new Unauthorized('This is none of the API keys');
    }
    setCaller(request, caller);
    return given.toString('base64url');
  }

  /** A key that is no longer listed ends its sessions. A browser sends its cookie along for every page that asks it to. */
  private bySession(request: Request): Caller | undefined {
    const session = this.sessions?.read(request.headers.cookie);
    const caller = session && this.byDigest(Buffer.from(session.digest, 'base64url'));
    if (!caller) return undefined;
    if (!SAFE_METHODS.has(request.method) && !isFromOwnPage(request, this.options.publicUrl))
      throw foreignPage();
    return { ...caller, expiresAt: session.expiresAt };
  }

  /** Compares with every key, in a time that does not depend on where they differ. */
  private byDigest(given: Buffer): Caller | undefined {
    let caller: Caller | undefined;
    for (const { digest: known, name, readOnly } of this.keys)
      if (given.length === known.length && timingSafeEqual(known, given)) caller = { name, readOnly };
    return caller;
  }
}
