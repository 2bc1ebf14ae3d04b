import { Injectable, Logger, Optional } from '@nestjs/common';
import type { Request } from 'express';
import { BoundedLog } from '../common/bounded-log.js';
import { contextOf } from '../common/http/request-context.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';

/** Somebody who tries keys would fill the disk. */
const LINES = 10;
const SPAN_MS = 60_000;
/** The path is the caller's text. */
const MAX_PATH = 100;

/** Tells of calls without a key, or with one that is not listed: all in a counter, a few a minute in the log. */
@Injectable()
export class RefusedLogins {
  private readonly logger = new Logger('Login');
  private readonly bounds = new BoundedLog(LINES, SPAN_MS);

  constructor(@Optional() private readonly metrics: DeliveryMetrics = new NoMetrics()) {}

  note(request: Request, reason: 'missing' | 'wrong'): void {
    this.metrics.loginRefused(reason);
    const allowed = this.bounds.take();
    if (!allowed) return;
    this.logger.warn(reason === 'missing' ? 'Call without an API key' : 'Call with an unknown API key', {
      request_id: contextOf(request)?.request_id ?? null,
      method: request.method,
      path: request.path.slice(0, MAX_PATH),
      address: request.socket.remoteAddress ?? null,
      kept_back: allowed.keptBack,
    });
  }
}
