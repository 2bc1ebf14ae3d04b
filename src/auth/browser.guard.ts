import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { PUBLIC, type PublicEndpoint } from '../common/http/public.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { isFromOwnPage } from './own-page.js';

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
/** Addresses of this machine, also as IPv4 looks on an IPv6 socket. */
const LOOPBACK_ADDRESS = /^(?:(?:::ffff:)?127\.|::1$)/i;
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function isLocal({ headers, socket }: Request): boolean {
  return LOOPBACK_HOST.test(headers.host ?? '') && LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '');
}

export function foreignPage(): HttpException {
  return new HttpException('A web page of another origin may not change anything here', 403);
}

/**
 * A service without keys trusts whoever reaches it, and a browser on the same machine reaches it for any web page.
 * So caller and Host must be this machine (DNS rebinding brings a foreign Host; an application that this is a module of
 * may listen everywhere), unless everybody was let in on purpose, and a page of another origin may change nothing,
 * unless the operator lists the origin.
 */
@Injectable()
export class BrowserGuard implements CanActivate {
  constructor(
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const endpoint = this.reflector.get<PublicEndpoint | undefined>(PUBLIC, context.getClass());
    // Health checks come from anywhere, and from no browser.
    if (endpoint !== 'health') this.check(context.switchToHttp().getRequest<Request>());
    return true;
  }

  /** @throws HttpException (403) */
  check(request: Request): void {
    const { apiKeys, allowAnonymous } = this.options;
    if (apiKeys.length > 0) return;
    if (!allowAnonymous && !isLocal(request)) {
      throw new HttpException('Without API keys this service answers only to localhost; set API_KEYS', 403);
    }
    if (!SAFE_METHODS.has(request.method) && this.isForeign(request)) {
      throw foreignPage();
    }
  }

  /**
   * For what signs in and out, with keys and without: no page of elsewhere does that for its visitors.
   * @throws HttpException (403)
   */
  assertOwnPage(request: Request): void {
    const { headers } = request;
    const isProgram = headers['sec-fetch-site'] === undefined && headers.origin === undefined;
    if (!isProgram && !isFromOwnPage(request, this.options.publicUrl)) throw foreignPage();
  }

  /** Browsers set Sec-Fetch-Site where no page can change it; the origin counts where it is missing. */
  private isForeign({ headers }: Request): boolean {
    if (this.options.corsOrigins.includes(headers.origin ?? '')) return false;
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site !== 'same-origin' && site !== 'none';
    return headers.origin !== undefined && headers.origin !== `http://${headers.host ?? ''}`;
  }
}
