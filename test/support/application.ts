import { randomUUID } from 'node:crypto';
import type { Graph } from './graph.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes into the graph as Basset Hound does: each step is a transaction of its own, values of fields are nodes, lists
 * and objects are JSON as text, and a field is changed by removing and adding it in two transactions.
 */
export class Application {
  constructor(private readonly graph: Graph) {}

  async createProject(safeName: string, name = safeName): Promise<string> {
    const id = randomUUID();
    await this.graph.change('CREATE (:Project {id: $id, safe_name: $safeName, name: $name})', {
      id,
      safeName,
      name,
    });
    return id;
  }

  async renameProject(safeName: string, name: string): Promise<void> {
    await this.graph.change('MATCH (p:Project {safe_name: $safeName}) SET p.name = $name', {
      safeName,
      name,
    });
  }

  /** People and what hangs on them first, the project afterwards; the values of the fields stay behind. */
  async deleteProject(safeName: string): Promise<void> {
    await this.graph.change(
      `MATCH (p:Project {safe_name: $safeName})
       OPTIONAL MATCH (p)-[:HAS_PERSON]->(person) OPTIONAL MATCH (person)-[:HAS_FILE]->(file)
       DETACH DELETE person, file`,
      { safeName },
    );
    await this.graph.change('MATCH (p:Project {safe_name: $safeName}) DETACH DELETE p', { safeName });
  }

  async createPerson(safeName: string, fields: Fields = {}, id: string = randomUUID()): Promise<string> {
    await this.graph.change(
      `MATCH (p:Project {safe_name: $safeName})
       CREATE (p)-[:HAS_PERSON]->(:Person {id: $id, created_at: toString(datetime())})`,
      { safeName, id },
    );
    for (const [name, value] of Object.entries(fields)) await this.addField(id, name, value);
    return id;
  }

  /** All people in one transaction, then the fields of each. */
  async createPeople(safeName: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await this.graph.change(
      `MATCH (p:Project {safe_name: $safeName}) UNWIND $ids AS id
       CREATE (p)-[:HAS_PERSON]->(:Person {id: id, created_at: toString(datetime())})`,
      { safeName, ids },
    );
    for (const id of ids) await this.addField(id, 'core.name', 'X');
    return ids;
  }

  /** One transaction that the plugin writes several rows for. */
  async createLargeCrowd(safeName: string, count: number): Promise<string[]> {
    const people = Array.from({ length: count }, (_, i) => `person-${i}`);
    await this.graph.change(
      `MATCH (p:Project {safe_name: $safeName}) UNWIND $people AS id
       CREATE (p)-[:HAS_PERSON]->(:Person {id: id})`,
      { safeName, people },
    );
    return people;
  }

  async setField(id: string, name: string, value: unknown): Promise<void> {
    await this.graph.change(
      `MATCH (:Person {id: $id})-[:HAS_FIELD_VALUE]->(f:FieldValue)
       WHERE f.section_id + '.' + f.field_id = $name DETACH DELETE f`,
      { id, name },
    );
    await this.addField(id, name, value);
  }

  async setProperty(id: string, key: string, value: unknown): Promise<void> {
    await this.graph.change('MATCH (person:Person {id: $id}) SET person += $set', {
      id,
      set: { [key]: value },
    });
  }

  /** The four fields of `Tagged People`, whichever of them changes. */
  async relate(id: string, types: Readonly<Record<string, string>>): Promise<void> {
    const targets = Object.keys(types);
    await this.setField(id, 'Tagged People.tagged_people', targets);
    await this.setField(id, 'Tagged People.transitive_relationships', []);
    await this.setField(id, 'Tagged People.relationship_types', types);
    await this.setField(id, 'Tagged People.relationship_properties', {});
  }

  async tag(source: string, target: string, type: string): Promise<void> {
    await this.graph.change(
      `MATCH (a:Person {id: $source}), (b:Person {id: $target})
       MERGE (a)-[t:TAGGED]->(b) SET t.relationship_type = $type, t.reason = $type, t.created_at = timestamp()`,
      { source, target, type },
    );
  }

  async addFile(id: string, fileId: string): Promise<void> {
    await this.graph.change('MATCH (p:Person {id: $id}) CREATE (p)-[:HAS_FILE]->(:File {id: $fileId})', {
      id,
      fileId,
    });
  }

  async deletePerson(id: string): Promise<void> {
    await this.graph.change(
      `MATCH (person:Person {id: $id}) OPTIONAL MATCH (person)-[:HAS_FIELD_VALUE]->(field)
       OPTIONAL MATCH (person)-[:HAS_FILE]->(file) DETACH DELETE person, field, file`,
      { id },
    );
  }

  async createOrphan(safeName: string, type = 'email', value = 'a@b.c'): Promise<string> {
    const id = randomUUID();
    await this.graph.change(
      `MATCH (p:Project {safe_name: $safeName})
       CREATE (p)-[:HAS_ORPHAN]->(:OrphanData {id: $id, identifier_type: $type, identifier_value: $value, linked: false})`,
      { safeName, id, type, value },
    );
    return id;
  }

  async linkOrphan(orphanId: string, personId: string): Promise<void> {
    await this.graph.change(
      `MATCH (o:OrphanData {id: $orphanId}), (e:Person {id: $personId}) MERGE (o)-[:LINKED_TO]->(e)
       SET o.linked = true, o.updated_at = timestamp()`,
      { orphanId, personId },
    );
  }

  async deleteOrphan(id: string): Promise<void> {
    await this.graph.change('MATCH (o:OrphanData {id: $id}) DETACH DELETE o', { id });
  }

  private async addField(id: string, name: string, value: unknown): Promise<void> {
    const dot = name.indexOf('.');
    await this.graph.change(
      `MATCH (person:Person {id: $id})
       CREATE (person)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: $section, field_id: $field, value: $value})`,
      {
        id,
        section: name.slice(0, dot),
        field: name.slice(dot + 1),
        value: typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      },
    );
  }
}
