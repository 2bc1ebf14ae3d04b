import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const OPS = join(import.meta.dirname, '..', '..', 'ops');

/** Every metric of the service that the table of `docs/operation.md` explains, where `_x` is short for `basset_webhooks_x`. */
export function explainedMetrics(): string[] {
  const text = readFileSync(join(OPS, '..', 'docs', 'operation.md'), 'utf8');
  const cells = [...text.matchAll(/^\| (`(?:basset_webhooks)?_.*?) \|/gm)].map(([, cell]) => cell!);
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(?:basset_webhooks)?_([a-z0-9_]+)`/g)]);
  return names.map(([, name]) => `basset_webhooks_${name}`).sort();
}

/** Every metric that the dashboard and the alerts name; `up` is Prometheus' own. */
export function namedMetrics(): string[] {
  const dashboard = JSON.parse(readFileSync(join(OPS, 'grafana', 'basset-webhooks.json'), 'utf8'));
  const rules = parse(readFileSync(join(OPS, 'prometheus', 'alerts.yml'), 'utf8'));
  const expressions: string[] = [
    ...dashboard.panels.flatMap(({ targets = [] }: any) => targets.map(({ expr }: any) => expr)),
    ...rules.groups.flatMap((group: any) => group.rules.map(({ expr }: any) => expr)),
  ];
  const pattern = /\b(?:basset_webhooks|nodejs|process)_[a-z0-9_]+/g;
  const names = expressions.flatMap((text: string) => text.match(pattern) ?? []);
  return [...new Set(names)].sort();
}

/** Names and labels that dashboards of others rely on, without `basset_webhooks_`; none is taken away or renamed. */
export const FIXED_METRICS: Readonly<Record<string, readonly string[]>> = {
  oldest_due_seconds: [],
  delivery_seconds: ['outcome'],
  attempts_total: ['answer', 'format', 'outcome'],
  deliveries_finished_total: ['outcome'],
  events_refused_total: ['reason'],
  webhooks: ['state'],
  neo4j_up: [],
  instances: [],
  lease_lost_total: [],
  claims_taken_over_total: [],
  evicted_total: [],
  throttle_wait_seconds: [],
  feed_clients: [],
  feed_dropped_total: [],
  http_requests_total: ['route', 'method', 'status_class'],
  build_info: ['version', 'node'],
};

/** The names of the labels of a metric in what `/metrics` answers; those of the first of its series. */
export function labelsOf(name: string, text: string): string[] | undefined {
  const series = new RegExp(`^basset_webhooks_${name}(?:_bucket|_count)?(?:\\{(.*)\\})? `, 'm').exec(text);
  if (!series) return undefined;
  const labels = [...(series[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label!);
  return labels.filter((label) => label !== 'le');
}
