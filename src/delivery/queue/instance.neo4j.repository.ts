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

/** A running service process, as the others see it. */
export interface InstanceRecord {
  readonly id: string;
  /** Grows by one with each heartbeat. */
  readonly beat: number;
  readonly host: string;
  readonly pid: number;
  /** Where that process id means something, see `processSpace`. */
  readonly space: string;
}

/** What one heartbeat learns. */
export interface HeartbeatAnswer {
  /** false: others have taken this instance for dead, its claims are no longer its own. */
  readonly alive: boolean;
  /** Version of the webhooks in the graph. */
  readonly registryVersion: number;
  readonly others: readonly InstanceRecord[];
  /** What the others have done so far, all together. */
  readonly othersWork: number;
}

export interface Released {
  /** Claims that were looked at; fewer than the limit = there are no more. */
  readonly found: number;
  /** Of these, those that went back to the queue. */
  readonly released: number;
}

/** An instance as claims name it. */
export interface Claimer {
  readonly id: string;
  /** false: it is gone for good, because instances register before they claim and ids do not come again. */
  readonly registered: boolean;
}

/** The heartbeat nodes and the claims that hang on them. */
@Injectable()
export class InstanceRepository {
  constructor(
    private readonly graph: Neo4jGraph,
    private readonly clock: Clock,
    private readonly pulse: PulseGraph = graph,
  ) {}

  /** @param patienceMs how long it may take instead of what a heartbeat may */
  async register(instance: InstanceRecord, patienceMs?: number): Promise<void> {
    const parameters = { ...instance, now: toTimestamp(this.clock.now()) };
    await this.pulse.write(REGISTER_INSTANCE, parameters, patienceMs === undefined ? {} : { patienceMs });
  }

  /** @param work events accepted and deliveries worked on so far */
  async beat(id: string, work: number): Promise<HeartbeatAnswer> {
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

  /** Declares an instance dead if its heartbeat still stands where it was seen; false = it lives, or is gone. */
  async bury(id: string, seenBeat: number): Promise<boolean> {
    const buried = await this.graph.write(BURY_INSTANCE, { id, beat: seenBeat });
    return buried.length > 0;
  }

  /** Looks at no more than `limit` claims of an instance and gives them back to the queue. */
  async releaseClaims(id: string, now: string, limit: number): Promise<Released> {
    const [row] = await this.graph.write(RELEASE_CLAIMS, { id, now, limit });
    return row
      ? { found: integer(row, 'found'), released: integer(row, 'released') }
      : { found: 0, released: 0 };
  }

  /** The first id after `after` that claims are marked with; undefined = there is none. */
  async nextClaimer(after: string): Promise<Claimer | undefined> {
    const [row] = await this.graph.read(NEXT_CLAIMER, { after });
    return row && { id: text(row, 'id'), registered: flag(row, 'registered') };
  }

  /** Folds the counters of an instance into the common ones and removes its node. */
  async remove(id: string): Promise<void> {
    await this.graph.write(REMOVE_INSTANCE, { id });
  }
}
