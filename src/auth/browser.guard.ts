import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { serviceConfig, type ServiceConfig } from '../config/service.config.js';

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A service without keys trusts whoever reaches it, and a browser on the same machine reaches it for any web page.
 * So the Host must be this machine (DNS rebinding brings a foreign one), unless everybody was let in on purpose, and
 * a page of another origin may change nothing, unless the operator lists the origin.
 */
@Injectable()
export class BrowserGuard implements CanActivate {
  constructor(@Inject(serviceConfig.KEY) private readonly config: ServiceConfig) {}

  canActivate(context: ExecutionContext): boolean {
    this.check(context.switchToHttp().getRequest<Request>());
    return true;
  }

  /** @throws HttpException (403) */
  check(request: Request): void {
    const { apiKeys, allowAnonymous } = this.config;
    if (apiKeys.length > 0 || request.path.startsWith('/health/')) return;
    if (!allowAnonymous && !LOOPBACK_HOST.test(request.headers.host ?? '')) {
      throw new HttpException('Without API keys this service answers only to localhost; set API_KEYS', 403);
    }
    if (!SAFE_METHODS.has(request.method) && this.isForeign(request)) {
      throw new HttpException('A web page of another origin may not change anything here', 403);
    }
  }

  /** Browsers set Sec-Fetch-Site where no page can change it; the origin counts where it is missing. */
  private isForeign({ headers }: Request): boolean {
    if (this.config.corsOrigins.includes(headers.origin ?? '')) return false;
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site !== 'same-origin' && site !== 'none';
    return headers.origin !== undefined && headers.origin !== `http://${headers.host ?? ''}`;
  }
}
