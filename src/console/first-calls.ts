import type { Request } from 'express';
import type { ApiKeyGuard } from '../auth/api-key.guard.js';
import type { SessionSeal } from '../auth/session-seal.js';

const SESSION = '/console/session';

/** What a page asks the API for first, in the words of its own script: other words would be asked for twice. */
const OF_PAGES: Readonly<Record<string, readonly string[]>> = {
  '/': ['/webhooks/stats', '/webhooks'],
  '/webhooks': ['/webhooks'],
  '/deliveries': ['/webhooks/deliveries?payload=false&limit=50', '/webhooks'],
};

const preload = (path: string): string => `<${path}>; rel=preload; as=fetch; crossorigin`;

/**
 * The header `Link` of a page: the browser asks for what the page needs while it still reads the script, instead of
 * after it and one after the other. Whoever has not signed in is only told so.
 */
export class FirstCalls {
  constructor(
    private readonly keys: ApiKeyGuard,
    private readonly seal: SessionSeal,
  ) {}

  /** @param request its path is the one below `/console` */
  linkFor(request: Request): string {
    const page = request.path.replace(/(.)\/$/, '$1');
    const calls = request.url.includes('?') || !this.mayCall(request) ? [] : (OF_PAGES[page] ?? []);
    return [SESSION, ...calls.map((call) => `/api/v1${call}`)].map(preload).join(', ');
  }

  private mayCall({ headers }: Request): boolean {
    return !this.keys.hasKeys || this.seal.read(headers.cookie) !== undefined;
  }
}
