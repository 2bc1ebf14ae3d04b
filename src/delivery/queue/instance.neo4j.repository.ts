import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { Neo4jGraph, PulseGraph } from '../../neo4j/neo4j-graph.js';
import { flag, integer, rows, text } from '../../neo4j/row.js';
import {
  BEAT,
  BURY_INSTANCE,
  NEXT_CLAIMER,
  REGISTER_INSTANCE,
  RELEASE_CLAIMS,
  REMOVE_INSTANCE,
} from './instance.cypher.js';
import {
  InstanceRepository,
  type Claimer,
  type HeartbeatAnswer,
  type InstanceRecord,
  type Released,
} from './instance.repository.js';

@Injectable()
export class Neo4jInstanceRepository extends InstanceRepository {
  constructor(
    private readonly graph: Neo4jGraph,
    private readonly clock: Clock,
    private readonly pulse: PulseGraph = graph,
  ) {
    super();
  }

  override async register(instance: InstanceRecord, patienceMs?: number): Promise<void> {
    const parameters = { ...instance, now: toTimestamp(this.clock.now()) };
    await this.pulse.write(REGISTER_INSTANCE, parameters, patienceMs === undefined ? {} : { patienceMs });
  }

  override async beat(id: string, work: number): Promise<HeartbeatAnswer> {
    const [row] = await this.pulse.write(BEAT, { id, work });
    if (!row) return { alive: false, registryVersion: -1, others: [], othersWork: 0 };
    return {
      alive: flag(row, 'alive'),
      registryVersion: integer(row, 'registry_version'),
      othersWork: integer(row, 'others_work'),
      others: rows(row, 'others').map((other) => ({
        id: text(other, 'id'),
        beat: integer(other, 'beat'),
        host: text(other, 'host'),
        pid: integer(other, 'pid'),
        space: text(other, 'space'),
      })),
    };
  }

  override async bury(id: string, seenBeat: number): Promise<boolean> {
    const buried = await this.graph.write(BURY_INSTANCE, { id, beat: seenBeat });
    return buried.length > 0;
  }

  override async releaseClaims(id: string, now: string, limit: number): Promise<Released> {
    const [row] = await this.graph.write(RELEASE_CLAIMS, { id, now, limit });
    return row
      ? { found: integer(row, 'found'), released: integer(row, 'released') }
      : { found: 0, released: 0 };
  }

  override async nextClaimer(after: string): Promise<Claimer | undefined> {
    const [row] = await this.graph.read(NEXT_CLAIMER, { after });
    return row && { id: text(row, 'id'), registered: flag(row, 'registered') };
  }

  override async remove(id: string): Promise<void> {
    await this.graph.write(REMOVE_INSTANCE, { id });
  }
}
