import { randomUUID } from 'node:crypto';
import type { Investigation } from './investigation.js';

type Fields = Readonly<Record<string, string>>;

/**
 * Writes as Basset Hound does: plain Cypher, each step a transaction of its own, and nothing in it knows of webhooks.
 * A field is a node, and is changed by removing and adding it; relationships are JSON in fields of `Tagged People`.
 */
export class Application {
  constructor(private readonly graph: Investigation) {}

  async createProject(safeName: string, name: string, id: string = randomUUID()): Promise<void> {
    await this.graph.query('CREATE (:Project {id: $id, safe_name: $safeName, name: $name})', {
      ...{ id, safeName, name },
    });
  }

  async deleteProject(safeName: string): Promise<void> {
    await this.graph.query('MATCH (project:Project {safe_name: $safeName}) DETACH DELETE project', {
      safeName,
    });
  }

  async createPerson(safeName: string, id: string, fields: Fields): Promise<void> {
    await this.graph.query(
      `MATCH (project:Project {safe_name: $safeName})
       CREATE (project)-[:HAS_PERSON]->(:Person {id: $id, created_at: toString(datetime())})`,
      { safeName, id },
    );
    for (const [name, value] of Object.entries(fields)) await this.addField(id, 'core', name, value);
  }

  async setField(id: string, section: string, name: string, value: string): Promise<void> {
    await this.graph.query(
      `MATCH (:Person {id: $id})-[:HAS_FIELD_VALUE]->(field:FieldValue {section_id: $section, field_id: $name})
       DETACH DELETE field`,
      { id, section, name },
    );
    await this.addField(id, section, name, value);
  }

  /** All relationships of a person, by the other's id. */
  async relate(id: string, types: Readonly<Record<string, string>>): Promise<void> {
    const people = JSON.stringify(Object.keys(types));
    await this.setField(id, 'Tagged People', 'tagged_people', people);
    await this.setField(id, 'Tagged People', 'relationship_types', JSON.stringify(types));
  }

  async deletePerson(id: string): Promise<void> {
    await this.graph.query(
      `MATCH (person:Person {id: $id})
       OPTIONAL MATCH (person)-[:HAS_FIELD_VALUE]->(field) DETACH DELETE person, field`,
      { id },
    );
  }

  async createOrphan(safeName: string, id: string, type: string, value: string): Promise<void> {
    await this.graph.query(
      `MATCH (project:Project {safe_name: $safeName})
       CREATE (project)-[:HAS_ORPHAN]->(:OrphanData {id: $id, identifier_type: $type, identifier_value: $value})`,
      { safeName, id, type, value },
    );
  }

  async linkOrphan(id: string, personId: string): Promise<void> {
    await this.graph.query(
      'MATCH (orphan:OrphanData {id: $id}), (person:Person {id: $personId}) MERGE (orphan)-[:LINKED_TO]->(person)',
      { id, personId },
    );
  }

  private async addField(id: string, section: string, name: string, value: string): Promise<void> {
    await this.graph.query(
      `MATCH (person:Person {id: $id})
       CREATE (person)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: $section, field_id: $name, value: $value})`,
      { id, section, name, value },
    );
  }
}
