import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graph } from '../support/graph.js';

const ROOT = join(import.meta.dirname, '..', '..');
const TEXT = ['README.md', 'docs/operation.md']
  .map((name) => readFileSync(join(ROOT, name), 'utf8'))
  .join('\n');
/** What writes is tried by test/e2e/capture.e2e-spec.ts. */
const queries = [...TEXT.matchAll(/```cypher\n([\s\S]*?)```/g)]
  .map(([, query]) => query!)
  .filter((query) => !query.startsWith('CREATE'));

const LOG = `
CREATE (:Project {id: 'p-1', safe_name: 'cold_case'})-[:HAS_WEBHOOK]->(w:Webhook {
  id: 'w-1', name: 'Partner', url: 'https://partner.example/hook'
})-[:HAS_DELIVERY]->(d:WebhookDelivery {
  id: 'd-1', event: 'entity.created', status: 'failed', attempts: 2, response_code: 500, error_message: 'HTTP 500',
  created_at: '2026-11-24T12:00:00.000Z'
})<-[:TRIGGERED]-(:WebhookEvent {id: 'e-1', type: 'entity.created', timestamp: '2026-11-24T12:00:00.000Z'})
CREATE (w)-[:HAS_DELIVERY]->(:WebhookDelivery {id: 'd-2', queue: 'w-1', next_attempt_at: '2026-11-24T12:00:00.000Z'})
CREATE (:WebhookTally {id: 'w-1', successes: 3, failures: 1, kept: 4})
CREATE (:Webhook {id: 'w-2', name: 'New', url: 'https://new.example/hook'})
CREATE (:WebhookTally {id: 'w-2', successes: 0, failures: 0, kept: 0})
WITH d UNWIND [2, 1] AS number
CREATE (d)-[:HAS_ATTEMPT]->(:WebhookAttempt {
  id: 'd-1:' + number, number: number, started_at: '2026-11-24T12:00:00.000Z', duration_ms: 5,
  response_code: 500, error_message: 'HTTP 500'
})
`;

describe('the queries of the README and of docs/operation.md', () => {
  let graph: Graph;
  let answers: any[][];

  beforeAll(async () => {
    graph = Graph.open();
    await graph.wipe();
    await graph.run(LOG);
    answers = [];
    const params = { delivery_id: 'd-1', project: 'cold_case' };
    for (const query of queries) answers.push(await graph.run(query, params));
  });

  afterAll(async () => {
    await graph.wipe();
    await graph.close();
  });

  it('are five, and each finds what its sentence says', () => {
    const [failed, attempts, project, share, waiting] = answers as [any[], any[], any[], any[], any[]];
    expect(answers).toHaveLength(5);
    expect(failed).toEqual([expect.objectContaining({ 'w.name': 'Partner', 'd.error_message': 'HTTP 500' })]);
    expect(attempts.map((row) => row['a.number'])).toEqual([1, 2]);
    expect(project).toEqual([expect.objectContaining({ 'e.type': 'entity.created', 'd.status': 'failed' })]);
    expect(share.find((row) => row['w.name'] === 'Partner').percent).toBe(75);
    expect(waiting).toEqual([{ 'w.name': 'Partner', 'w.url': 'https://partner.example/hook', waiting: 1 }]);
  });

  it('name only properties that are there', () => {
    for (const row of answers.flat()) expect(Object.values(row)).not.toContain(null);
  });
});
