import { Injectable } from '@nestjs/common';
import { toTimestamp } from '../../common/clock.js';
import { ApiGraph, Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, text, type Row } from '../../neo4j/row.js';
import { ADD_ACTIVITY, FORGET_ACTIVITY, READ_ACTIVITY, SUM_ACTIVITY } from './activity.cypher.js';
import { type Addition, type HourSums, noSums, PROPERTIES, SUMMED, type Sums } from './activity-sums.js';

/** What all webhooks together stand under; no webhook has such an id. */
const ALL = 'all';
/** Above every hour. */
const END = '~';
/** Of one answer; an hour of more webhooks is more than anybody reads. */
const MAX_WEBHOOKS = 10_000;

const idOf = (webhookId: string | null, from: string): string => `${webhookId ?? ALL}/${from}`;

function toRow({ webhookId, hour }: Addition): Row {
  const from = toTimestamp(hour.from);
  const sums = SUMMED.map((key) => [PROPERTIES[key], hour.sums[key]] as const);
  return { id: idOf(webhookId, from), webhook_id: webhookId, from, ...Object.fromEntries(sums) };
}

function toSums(row: Row): Sums {
  const sums = noSums();
  for (const key of SUMMED) sums[key] = integer(row, PROPERTIES[key]);
  return sums;
}

/** Sums by the hour, in the graph. */
@Injectable()
export class ActivityRepository {
  constructor(
    private readonly graph: Neo4jGraph,
    private readonly api: ApiGraph,
  ) {}

  async add(additions: readonly Addition[]): Promise<void> {
    const rows = additions.map(toRow).sort((a, b) => (text(a, 'id') < text(b, 'id') ? -1 : 1));
    await this.graph.write(ADD_ACTIVITY, { rows });
  }

  /** From the hour that begins at `from`; ids in the order of time. */
  async hours(webhookId: string | null, from: number): Promise<HourSums[]> {
    const range = { first: idOf(webhookId, toTimestamp(from)), last: idOf(webhookId, END) };
    const found = await this.api.read(READ_ACTIVITY, { ...range, webhook_id: webhookId });
    return found.map((row) => ({ from: Date.parse(text(row, 'from')), sums: toSums(row) }));
  }

  async byWebhook(webhookId: string | null, since: number): Promise<Map<string, Sums>> {
    const parameters = { since: toTimestamp(since), webhook_id: webhookId, limit: MAX_WEBHOOKS };
    const found = await this.api.read(SUM_ACTIVITY, parameters);
    return new Map(found.map((row) => [text(row, 'webhook_id'), toSums(row)]));
  }

  /** @returns how many hours went */
  async forget(before: number, limit: number): Promise<number> {
    const [row] = await this.graph.write(FORGET_ACTIVITY, { before: toTimestamp(before), limit });
    return row ? integer(row, 'forgotten') : 0;
  }
}
