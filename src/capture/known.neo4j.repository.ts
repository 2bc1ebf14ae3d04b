import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { integer, text, textOrNull, type Row } from '../neo4j/row.js';
import { textOf, toText } from './graph-event.js';
import {
  list,
  lists,
  toEntityState,
  toOrphanState,
  toProject,
  type GraphState,
  type StateQuery,
} from './graph-state.js';
import {
  ASK_FOR_SCAN,
  END_SCAN,
  ENTITIES_NOW,
  ENTITIES_TO_TELL,
  KNOWN_OF,
  KNOWN_PAGE,
  MISSED_PLUGIN,
  ORPHANS_NOW,
  PROJECTS_NOW,
  SAVE_KNOWN,
  SAW_PLUGIN,
  SCAN_DUE,
  SCAN_ENTITIES,
  SCAN_ORPHANS,
  SCAN_PROJECTS,
  WRITE_FOUND,
} from './known.cypher.js';
import { isNeeded, kept, NOTHING, type Known } from './known.js';
import { isKey, type Subject } from './subjects.js';

export type KnownSubjects = ReadonlyMap<Subject, Known>;

/** What the graph says of subjects now: to make events of, and to be compared with later. */
export interface GraphNow {
  readonly state: GraphState;
  readonly known: KnownSubjects;
}

/** Some of what a scan looks at, in the order of the ids. */
export interface Page {
  /** Without what has no key that can be told of, or is spoiled. */
  readonly states: KnownSubjects;
  /** The id after which the next page begins; null = this one is empty, there is no more. */
  readonly last: string | null;
}

/** When a scan is to be made, and why. */
export interface ScanDue {
  /** RFC 3339; null = nobody asked. */
  readonly askedAt: string | null;
  /** RFC 3339; null = nothing is known yet. */
  readonly knownSince: string | null;
  /** ms by the clock of Neo4j; null = no gap is known. */
  readonly gapSince: number | null;
  /** Transactions that the plugin lost so far. */
  readonly lost: number;
  /** ms by the clock of Neo4j; of the oldest change that waits. */
  readonly oldestAt: number | null;
  /** ms by the clock of Neo4j. */
  readonly now: number;
}

/** What a scan is made of, kind by kind. */
export const KINDS = ['entity', 'orphan', 'project'] as const;
type Kind = (typeof KINDS)[number];

const SCANS: Readonly<Record<Kind, string>> = {
  ...{ entity: SCAN_ENTITIES, orphan: SCAN_ORPHANS, project: SCAN_PROJECTS },
};
const NOW: Readonly<Record<Kind, string>> = {
  ...{ entity: ENTITIES_NOW, orphan: ORPHANS_NOW, project: PROJECTS_NOW },
};

const texts = (value: unknown): string[] =>
  [...new Set(list(value).filter((id) => typeof id === 'string'))].sort();
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function projectOf(row: Row): Pick<Known, 'project' | 'uuid'> {
  const { project, projectUuid: uuid } = toProject(row);
  return { project, uuid };
}

const lastOf = (rows: readonly Row[]): string | null => textOrNull(rows.at(-1) ?? {}, 'id');

/** In a fixed order, so that equal things are equal texts. */
const sorted = (entries: [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

function toEntity(row: Row): Known {
  const own = lists(row['own']).filter(([key]) => key !== 'id');
  return {
    ...NOTHING,
    ...projectOf(row),
    own: sorted(own.map(([key, value]) => [String(key), kept(value, key === 'entity_type')])),
    fields: sorted(
      lists(row['fields']).map(([section, field, value]) => [
        JSON.stringify([section, field]),
        kept(value, isNeeded(section, field)),
      ]),
    ),
    files: texts(row['files']),
    tags: sorted(
      lists(row['tags']).flatMap(([id, type, all]): [string, unknown][] =>
        typeof id === 'string' ? [[id, { relationship_type: textOf(type), known: kept(all, false) }]] : [],
      ),
    ),
  };
}

function toKnown(kind: Kind, row: Row): Known {
  if (kind === 'entity') return toEntity(row);
  if (kind === 'orphan') return { ...NOTHING, ...projectOf(row), links: texts(row['links']) };
  const name = textOf(row['name']);
  return {
    ...NOTHING,
    project: text(row, 'id'),
    uuid: toText(row['uuid']),
    ...(name === undefined ? {} : { name }),
  };
}

function byKind(subjects: readonly Subject[]): [Kind, string[]][] {
  return KINDS.map((kind): [Kind, string[]] => [
    kind,
    subjects
      .filter((subject) => subject.startsWith(`${kind}:`))
      .map((subject) => subject.slice(kind.length + 1)),
  ]).filter(([, ids]) => ids.length > 0);
}

/** What capture last told of everything, and what the graph holds now, to be compared. */
@Injectable()
export class KnownRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /** A page of what is in the graph; the next one begins after the last id. */
  async scan(kind: Kind, after: string, limit: number): Promise<Page> {
    const rows = await this.graph.read(SCANS[kind], { after, limit });
    return { states: this.states(kind, rows), last: lastOf(rows) };
  }

  /** What is gone is not in the answer. */
  async now(subjects: readonly Subject[]): Promise<KnownSubjects> {
    const found = await Promise.all(
      byKind(subjects).map(async ([kind, ids]) => [
        ...this.states(kind, await this.graph.read(NOW[kind], { ids })),
      ]),
    );
    return new Map(found.flat());
  }

  /** The same, read once, with what events tell of it. */
  async toTell(
    subjects: readonly Subject[],
    { entityIds, orphanIds, fields }: StateQuery,
  ): Promise<GraphNow> {
    const projects = subjects.filter((subject) => subject.startsWith('project:'));
    const [entities, orphans, others] = await Promise.all([
      entityIds.length > 0 ? this.graph.read(ENTITIES_TO_TELL, { ids: entityIds, fields }) : [],
      orphanIds.length > 0 ? this.graph.read(ORPHANS_NOW, { ids: orphanIds }) : [],
      this.now(projects),
    ]);
    const byId = <State>(rows: readonly Row[], state: (row: Row) => State): Map<string, State> =>
      new Map(rows.map((row) => [text(row, 'id'), state(row)]));
    return {
      state: { entities: byId(entities, toEntityState), orphans: byId(orphans, toOrphanState) },
      known: new Map([...this.states('entity', entities), ...this.states('orphan', orphans), ...others]),
    };
  }

  async knownPage(after: string, limit: number): Promise<Page> {
    const rows = await this.graph.read(KNOWN_PAGE, { after, limit });
    return { states: this.remembered(rows), last: lastOf(rows) };
  }

  async known(subjects: readonly Subject[]): Promise<KnownSubjects> {
    return this.remembered(await this.graph.read(KNOWN_OF, { ids: subjects }));
  }

  /** From now on this is known of the subjects. */
  async remember(states: KnownSubjects): Promise<void> {
    const known = [...states].map(([subject, state]) => [subject, JSON.stringify(state)]);
    await this.graph.write(SAVE_KNOWN, { known });
  }

  /** Puts what was found into the outbox, each list as one row. */
  async tell(changes: readonly (readonly unknown[])[]): Promise<void> {
    await this.graph.write(WRITE_FOUND, { changes: changes.map((list) => JSON.stringify(list)) });
  }

  /** @returns since when it is asked for, RFC 3339 */
  async ask(now: string): Promise<string> {
    const [row = {}] = await this.graph.write(ASK_FOR_SCAN, { now });
    return text(row, 'asked_at');
  }

  async due(): Promise<ScanDue> {
    const [row = {}] = await this.graph.read(SCAN_DUE);
    return {
      askedAt: textOrNull(row, 'asked_at'),
      knownSince: textOrNull(row, 'known_since'),
      gapSince: number(row['gap_since']),
      lost: number(row['lost']) ?? 0,
      oldestAt: number(row['oldest_at']),
      now: integer(row, 'now'),
    };
  }

  async end(scan: object, due: ScanDue, now: string): Promise<void> {
    const { lost, gapSince } = due;
    await this.graph.write(END_SCAN, { scan: JSON.stringify(scan), now, lost, gap_since: gapSince });
  }

  /** Whether the plugin was there when it was looked for. */
  async sawPlugin(isThere: boolean): Promise<void> {
    await this.graph.write(isThere ? SAW_PLUGIN : MISSED_PLUGIN);
  }

  private states(kind: Kind, rows: readonly Row[]): KnownSubjects {
    const usable = rows.filter((row) => isKey(row['id']));
    return new Map(usable.map((row) => [`${kind}:${text(row, 'id')}` as Subject, toKnown(kind, row)]));
  }

  private remembered(rows: readonly Row[]): KnownSubjects {
    return new Map(
      rows.flatMap((row): [Subject, Known][] => {
        try {
          return [[text(row, 'id') as Subject, JSON.parse(text(row, 'facts')) as Known]];
        } catch {
          // Somebody has spoiled it: as if nothing was known.
          return [];
        }
      }),
    );
  }
}
