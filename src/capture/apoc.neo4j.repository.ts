import { Injectable } from '@nestjs/common';
import { codeOf } from '../common/caught.js';
import { GraphUnavailableError } from '../neo4j/graph-errors.js';
import { Neo4jGraph, SystemGraph } from '../neo4j/neo4j-graph.js';
import { integer, text } from '../neo4j/row.js';
import { TRIGGER_STATEMENT } from './apoc-trigger.js';

/** There is one trigger: each one more costs every transaction the same again. */
export const TRIGGER = 'basset-capture';

const COUNT_PROCEDURES = `
SHOW PROCEDURES YIELD name WHERE name STARTS WITH 'apoc.trigger.' RETURN count(*) AS procedures
`;
const LIST = `CALL apoc.trigger.list() YIELD name, paused WHERE name = $name RETURN paused`;
const DATABASE = 'CALL db.info() YIELD name RETURN name';
/** By an admin in the database system. */
const INSTALL = `CALL apoc.trigger.install($database, $name, $statement, {phase: 'before'})`;
const DROP = 'CALL apoc.trigger.drop($database, $name)';
/** Takes effect at once; without it a trigger works from the next refresh on, up to a minute later. */
const RESUME = 'CALL apoc.trigger.resume($name)';

/** What the trigger would be given after a person was made and another one was deleted. */
const TRIAL = `
CREATE (project:Project {id: randomUUID(), safe_name: randomUUID(), name: 'Trial'})
CREATE (person:Person {id: randomUUID()})
CREATE (field:FieldValue {section_id: 'core', field_id: 'name', value: 'Trial'})
CREATE (project)-[first:HAS_PERSON]->(person) CREATE (person)-[second:HAS_FIELD_VALUE]->(field)
WITH {metaData: {}, createdNodes: [project, person, field], createdRelationships: [first, second],
  deletedNodes: [], deletedRelationships: [], removedLabels: {}, removedNodeProperties: {},
  assignedLabels: {Project: [project], Person: [person], FieldValue: [field]}, assignedNodeProperties: {},
  assignedRelationshipProperties: {}, removedRelationshipProperties: {}} AS given
CALL apoc.cypher.doIt($statement, given) YIELD value
WITH count(*) AS rows
RETURN 1 / (rows - rows)
`;
/** The end of the trial, which rolls all of it back. */
const ROLLED_BACK = 'Neo.ClientError.Statement.ArithmeticError';

/** APOC of the Neo4j that the service works on, as the second way to capture. */
@Injectable()
export class ApocRepository {
  constructor(
    private readonly graph: Neo4jGraph,
    private readonly system: SystemGraph,
  ) {}

  /** Whether the procedures for triggers are there; they are also where triggers are switched off. */
  async isThere(): Promise<boolean> {
    const [row] = await this.graph.read(COUNT_PROCEDURES);
    return row !== undefined && integer(row, 'procedures') > 0;
  }

  /** Whether the trigger is installed, and not paused; null = triggers are switched off, or not for this user. */
  async isInstalled(): Promise<boolean | null> {
    try {
      const found = await this.graph.read(LIST, { name: TRIGGER });
      return found.some(({ paused }) => paused !== true);
    } catch (error) {
      if (error instanceof GraphUnavailableError) throw error;
      return null;
    }
  }

  /**
   * Plans the statement and runs it in a transaction that is rolled back: an installed one that fails would fail every
   * write of everybody.
   *
   * @throws when it cannot be planned, or fails
   */
  async tryOut(): Promise<void> {
    const statement = TRIGGER_STATEMENT;
    const names = [...new Set(statement.match(/\$\w+/g))].map((name) => name.slice(1));
    const isList = (name: string): boolean => /(?:Nodes|Relationships)$/.test(name);
    const nothing = Object.fromEntries(names.map((name) => [name, isList(name) ? [] : {}]));
    await this.graph.read(`EXPLAIN ${statement}`, nothing);
    try {
      await this.graph.write(TRIAL, { statement });
    } catch (error) {
      if (codeOf(error) !== ROLLED_BACK) throw error;
    }
  }

  /** Active when this resolves; installed again, it replaces itself. */
  async install(): Promise<void> {
    const parameters = { database: await this.database(), name: TRIGGER, statement: TRIGGER_STATEMENT };
    await this.system.write(INSTALL, parameters);
    await this.graph.write(RESUME, { name: TRIGGER });
  }

  async drop(): Promise<void> {
    await this.system.write(DROP, { database: await this.database(), name: TRIGGER });
    // It fails, because there is nothing to resume, and has had its effect.
    await this.graph.write(RESUME, { name: TRIGGER }).catch(() => undefined);
  }

  private async database(): Promise<string> {
    const [row = {}] = await this.graph.read(DATABASE);
    return text(row, 'name');
  }
}
