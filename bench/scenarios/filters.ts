import { wantedBy } from '../../src/events/event-planner.js';
import type { Endpoint } from '../../src/delivery/model/endpoint.js';
import { EventFilter } from '../../src/formats/filter/filter.js';
import type { Report } from '../support/report.js';

const WEBHOOKS = 1000;
const ROUNDS = 1000;
const SUBJECT = `an event matched against ${WEBHOOKS.toLocaleString('en')} filtered webhooks`;
const EVENT = {
  event: 'entity.created',
  projectId: null,
  dataJson: '{"entity_id":"e-1","type":"person","name":"Jane Roe","risk":500,"tags":["a","b"]}',
};

/** No two alike. */
const FILTERS: Readonly<Record<string, (n: number) => string>> = {
  'two comparisons': (n) => `data.type == 'person' && data.risk >= ${n}`,
  'a name that is missing': (n) => `data.nobody_has_this == ${n}`,
  'a list and a function': (n) => `data.name in ['a', 'b', 'c${n}'] || len(data.tags) > ${n}`,
};

function measure(filter: (n: number) => string): number {
  const targets = Array.from({ length: WEBHOOKS }, (_, n) => {
    return { webhookId: String(n), filter: new EventFilter(filter(n)) } as unknown as Endpoint;
  });
  const round = (): void => void wantedBy(targets, EVENT);
  for (let n = 0; n < ROUNDS / 10; n += 1) round();
  const started = performance.now();
  for (let n = 0; n < ROUNDS; n += 1) round();
  return (performance.now() - started) / ROUNDS;
}

/** What filters add to an event, without anything around them. */
export function filters(report: Report): Promise<void> {
  for (const [what, filter] of Object.entries(FILTERS)) report.add(SUBJECT, what, measure(filter), 'ms');
  return Promise.resolve();
}
