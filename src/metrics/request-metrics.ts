import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Counter } from 'prom-client';
import { memberOf } from '../common/caught.js';
import { refusalOf } from '../common/http/problem.filter.js';
import { PrometheusMetrics } from './prometheus.metrics.js';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** Why events are refused; what never happened is 0, or an alert on its increase would miss the first time. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'invalid',
  422: 'invalid',
  413: 'too_large',
  503: 'unavailable',
};

/** A known id or `Idempotency-Key` with another body: 422 like other mistakes, and nothing that a repeat would mend. */
const CONFLICT = 'conflict';

/** undefined = it was taken, or refused for a reason that says nothing of the event. */
function reasonOf(response: Response): string | undefined {
  return refusalOf(response) === 'idempotency_conflict' ? CONFLICT : REFUSALS[response.statusCode];
}

/** The template of the route that answered: bounded, whatever is asked for. */
function routeOf(request: Request): string {
  const path = memberOf(request.route, 'path');
  return typeof path === 'string' ? path : 'none';
}

/** Counts requests to the API; only counters, because of the hot path. */
@Injectable()
export class RequestMetrics {
  private readonly requests: Counter;
  private readonly refused: Counter;

  constructor({ registry }: PrometheusMetrics) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'basset_webhooks_http_requests_total',
      help: 'Requests to the API by the template of their route',
      labelNames: ['route', 'method', 'status_class'],
      registers,
    });
    this.refused = new Counter({
      name: 'basset_webhooks_events_refused_total',
      help: 'Requests to emit events that were refused: invalid, conflict (a known id or key with another body), too_large, unavailable (503: Neo4j is away)',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of [...Object.values(REFUSALS), CONFLICT]) this.refused.inc({ reason }, 0);
  }

  readonly count = (request: Request, response: Response, next: NextFunction): void => {
    response.once('finish', () => this.answered(request, response));
    next();
  };

  private answered(request: Request, response: Response): void {
    const status = response.statusCode;
    const route = routeOf(request);
    const method = METHODS.has(request.method) ? request.method : 'other';
    this.requests.inc({ route, method, status_class: `${Math.floor(status / 100)}xx` });
    if (method !== 'POST' || !/\/events(\/batch)?$/.test(route)) return;
    const reason = reasonOf(response);
    if (reason !== undefined) this.refused.inc({ reason });
  }
}
