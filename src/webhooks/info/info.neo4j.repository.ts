import { Injectable } from '@nestjs/common';
import { ApiGraph } from '../../neo4j/neo4j-graph.js';
import { text } from '../../neo4j/row.js';
import { INSTANCES, SERVER } from './info.cypher.js';

export interface ServerFacts {
  readonly version: string;
  /** `community` or `enterprise`. */
  readonly edition: string;
}

export interface RunningInstance {
  readonly host: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** What the graph knows of the parts that run. */
@Injectable()
export class InfoRepository {
  constructor(private readonly graph: ApiGraph) {}

  async server(): Promise<ServerFacts> {
    const [row] = await this.graph.read(SERVER);
    if (!row) throw new Error('Neo4j does not say what it is');
    return { version: text(row, 'version'), edition: text(row, 'edition') };
  }

  async instances(): Promise<RunningInstance[]> {
    const found = await this.graph.read(INSTANCES);
    return found.map((row) => ({ host: text(row, 'host'), startedAt: text(row, 'started_at') }));
  }
}
