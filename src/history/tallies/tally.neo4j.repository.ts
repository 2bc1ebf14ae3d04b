import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { flag, text } from '../../neo4j/row.js';
import { COUNT_ANEW, NEXT_NAMED, UNTALLIED } from './tally.cypher.js';

/** Deliveries of one state that are counted in one statement: those that write outcomes wait for it. */
const MOST = 100_000;

/** A webhook that deliveries name. */
export interface NamedWebhook {
  readonly id: string;
  readonly tallied: boolean;
}

/** The tallies of webhooks, where somebody took them out of the graph. */
@Injectable()
export class TallyRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /** Webhooks without a tally, and those that are to be counted again; about `limit`. */
  async untallied(limit: number): Promise<string[]> {
    const found = await this.graph.read(UNTALLIED, { limit });
    return found.map((row) => text(row, 'id'));
  }

  /** The first webhook after `after` that deliveries name, whether it is in the graph or not. */
  async nextNamed(after: string): Promise<NamedWebhook | undefined> {
    const [row] = await this.graph.read(NEXT_NAMED, { after });
    return row && { id: text(row, 'id'), tallied: flag(row, 'tallied') };
  }

  /**
   * Counts a webhook anew; it is done again from `settled` (RFC 3339) on.
   * @returns whether its tally was missing
   */
  async countAnew(id: string, now: string, settled: string): Promise<boolean> {
    const [row] = await this.graph.write(COUNT_ANEW, { id, now, settled, most: MOST });
    return row !== undefined && flag(row, 'made');
  }
}
