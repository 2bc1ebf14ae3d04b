import { Injectable } from '@nestjs/common';
import { isMap } from '../common/json/is-map.js';
import { newId } from '../common/new-id.js';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { integer, nested, text, textOrNull, type Row } from '../neo4j/row.js';
import type { CaptureRow } from './change.js';
import { LONGEST_DATA, toText } from './graph-event.js';
import type { SplitRow } from './split.js';
import {
  COUNT_ROWS,
  FORGET_REJECTED,
  LOOK_AT_CHANGES,
  LOOK_AT_EMISSIONS,
  LOOK_AT_ODD_ROWS,
  MARK_GAP,
  OUTBOX_STATUS,
  PROBE_ANSWER,
  PROBE_PLUGIN,
  READ_TEXTS,
  REJECT_ROWS,
  SPLIT_ROWS,
  TAKE_RELAY,
} from './outbox.cypher.js';

/** Where a row is, and which one it was when it was read: Neo4j gives element ids to other nodes later. */
export interface RowKey {
  readonly node: string;
  /** Empty where the row has none. */
  readonly id: string;
}

/** A row with changes, before they are read. */
export interface WaitingRow extends RowKey {
  /** ms by the clock of Neo4j. */
  readonly at: number;
  /** Characters of its changes. */
  readonly size: number;
  /** Its changes, where they are short. */
  readonly changes?: string;
  readonly transaction?: CaptureRow['transaction'];
}

/** An event that somebody emitted by writing a node; every value is still to be looked at. */
export interface Emission extends RowKey {
  readonly given: Row;
  /** Characters of its data. */
  readonly size: number;
}

/** A row that is set aside, and why. */
export interface Rejection extends RowKey {
  readonly reason: string;
}

/** A row that neither is an event nor tells of changes. */
export interface OddRow extends Rejection {
  /** Whether it says that a change was lost. */
  readonly isGap: boolean;
}

/** What the graph says of the outbox. */
export interface OutboxStatus {
  readonly rowsWaiting: number;
  readonly rejected: number;
  /** RFC 3339; of the first change that waits. */
  readonly oldestAt: string | null;
  /** RFC 3339; since when changes were lost, null = none were. */
  readonly gapSince: string | null;
  readonly lastError: string | null;
  /** RFC 3339; since when a scan is asked for that is not over. */
  readonly scanAskedAt: string | null;
  readonly lastScan: ScanResult | null;
}

/** What a scan found; as it is told. */
export interface ScanResult {
  /** RFC 3339. */
  readonly finished_at: string;
  /** Entities, orphans and projects that were looked at. */
  readonly looked_at: number;
  /** Of these, and of those that are gone: of which nobody had been told. */
  readonly found: number;
  /** Nothing was known before: what was there counts as told. */
  readonly is_first: boolean;
}

/** Rejected rows that are kept. */
const KEEP_REJECTED = 1000;

function toTime(ms: unknown): string | null {
  const date = new Date(typeof ms === 'number' ? ms : NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Written by END_SCAN; what somebody has spoiled is as if there had been none. */
function toScan(value: unknown): ScanResult | null {
  try {
    const scan: unknown = JSON.parse(toText(value) ?? 'null');
    return isMap(scan) ? (scan as unknown as ScanResult) : null;
  } catch {
    return null;
  }
}

function toKey(row: Row): RowKey {
  return { node: text(row, 'node'), id: text(row, 'id') };
}

/** The outbox in the graph, as the relay sees it. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /** Whether this instance is the relay now. */
  async takeRelay(instanceId: string): Promise<boolean> {
    return (await this.graph.write(TAKE_RELAY, { instance: instanceId })).length > 0;
  }

  /** How many rows wait, and what time it is for Neo4j, ms. */
  async count(): Promise<{ readonly rows: number; readonly now: number }> {
    const [row = {}] = await this.graph.read(COUNT_ROWS);
    return { rows: integer(row, 'rows'), now: integer(row, 'now') };
  }

  /** Whether the plugin writes what changes in this Neo4j, and which version of it. */
  async probePlugin(): Promise<string | null> {
    await this.graph.write(PROBE_PLUGIN, { question: newId() }, { mark: 'probe' });
    // A write, so that it goes where the question went.
    const [answer] = await this.graph.write(PROBE_ANSWER);
    return answer?.['answered'] === true ? toText(answer['version']) : null;
  }

  async status(): Promise<OutboxStatus> {
    const [row = {}] = await this.graph.read(OUTBOX_STATUS);
    return {
      rowsWaiting: integer(row, 'rows'),
      rejected: integer(row, 'rejected'),
      oldestAt: toTime(row['oldest_at']),
      gapSince: toTime(row['gap_since']),
      lastError: toText(row['last_error']),
      scanAskedAt: toText(row['scan_asked_at']),
      lastScan: toScan(row['last_scan']),
    };
  }

  /** In the order of their commits; whether there may be more. */
  async waiting(limit: number): Promise<{ readonly rows: WaitingRow[]; readonly isFull: boolean }> {
    const found = await this.graph.read(LOOK_AT_CHANGES, { limit });
    const rows = found
      .filter((row) => typeof row['size'] === 'number')
      .map((row) => ({
        ...toKey(row),
        at: Number(row['at']),
        size: integer(row, 'size'),
        ...(typeof row['changes'] === 'string' && { changes: row['changes'] }),
        ...(typeof row['tx'] === 'string' && {
          transaction: { id: row['tx'], parts: Number(row['parts'] ?? 1) },
        }),
      }));
    return { rows, isFull: found.length === limit };
  }

  async emissions(limit: number): Promise<Emission[]> {
    const found = await this.graph.read(LOOK_AT_EMISSIONS, { limit });
    return found.map((row) => ({ ...toKey(row), given: nested(row, 'row'), size: integer(row, 'size') }));
  }

  /** The same with their data, where those are long. */
  async withData(emissions: readonly Emission[]): Promise<Emission[]> {
    const texts = await this.texts(emissions.filter(({ size }) => size > LONGEST_DATA));
    return emissions.map((emission) => {
      const data = texts.get(emission.node);
      return data === undefined ? emission : { ...emission, given: { ...emission.given, data } };
    });
  }

  /** The changes, or the data, of rows by their nodes, as they were written. */
  async texts(keys: readonly RowKey[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const found = await this.graph.read(READ_TEXTS, { rows: keys.map(({ node, id }) => [node, id]) });
    const texts = found.flatMap((row): [string, string][] => {
      const value = toText(row['text']);
      return value === null ? [] : [[text(row, 'node'), value]];
    });
    return new Map(texts);
  }

  async oddRows(limit: number): Promise<OddRow[]> {
    const found = await this.graph.read(LOOK_AT_ODD_ROWS, { limit });
    return found.map((row) => {
      const error = textOrNull(row, 'error');
      const reason = error === null ? 'neither an event nor changes' : `a change was lost: ${error}`;
      return { ...toKey(row), reason, isGap: error !== null };
    });
  }

  /** From now on, if not for longer, it is known that something was lost. */
  async markGap(): Promise<void> {
    await this.graph.write(MARK_GAP);
  }

  /** Puts smaller rows in the place of large ones. @returns how many are gone */
  async split(rows: readonly SplitRow[]): Promise<number> {
    const items = rows.map(({ node, id, lists }) => [node, id, lists.map((list) => JSON.stringify(list))]);
    const [row] = await this.graph.write(SPLIT_ROWS, { rows: items });
    return row ? integer(row, 'split') : 0;
  }

  /** Sets rows aside; the newest thousand of all that were are kept. */
  async reject(rejections: readonly Rejection[], now: string): Promise<void> {
    const rows = rejections.map(({ node, id, reason }) => [node, id, reason]);
    await this.graph.write(REJECT_ROWS, { rows, now });
    await this.graph.write(FORGET_REJECTED, { keep: KEEP_REJECTED });
  }
}
