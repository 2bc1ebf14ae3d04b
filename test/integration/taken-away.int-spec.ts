import { beforeEach, describe, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import { VirtualTimeScheduler } from 'rxjs';
import { ManualClock } from '../support/clock.js';
import { ENDING_BACKLOGS } from '../../src/history/failing/failing.cypher.js';
import { OUTAGES } from '../../src/history/failing/recovery.cypher.js';
import { COUNT_OF_WEBHOOK } from '../../src/history/log/delivery-log.cypher.js';
import { LostTallies } from '../../src/history/tallies/lost-tallies.js';
import { TallyRepository } from '../../src/history/tallies/tally.neo4j.repository.js';
import { Repeater } from '../../src/neo4j/repeater.js';
import { migrateSchema, restoreSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { setGraphScene } from '../support/graph-scene.js';

const { graph, raw } = setGraphScene();
const NOW = '2026-01-01T00:00:00.000Z';

let clock: ManualClock;
let tallies: LostTallies;

const tally = (id: string): Promise<any> => raw.value('MATCH (t:WebhookTally {id: $id}) RETURN t', { id });

/** `successes`, failed, failed for want of a 2xx, rejected and waiting ones of a webhook that had 12 deliveries. */
async function arrange(label: string, id: string): Promise<void> {
  await raw.run(
    `CREATE (w:${label} {id: $id, delivery_count: $created, active: true, generation: 3})
     WITH w UNWIND ['success', 'success', 'success', 'failed', 'failed', 'pending', 'sending', 'retrying'] AS status
     WITH w, collect(status) AS statuses UNWIND range(0, size(statuses) - 1) AS n
     CREATE (w)-[:HAS_DELIVERY]->(:WebhookDelivery {id: $id + n, webhook_id: $id, status: statuses[n],
       created_at: '2026-01-0' + (n + 1) + 'T00:00:00.000Z', recovery: CASE n WHEN 4 THEN 'due' END,
       outcome: CASE n WHEN 3 THEN 'rejected' END})`,
    { id, created: neo4j.int(12) },
  );
}

beforeEach(async () => {
  await raw.wipe();
  clock = new ManualClock();
  tallies = new LostTallies(new TallyRepository(graph), clock, new Repeater(new VirtualTimeScheduler()));
});

describe('a tally that somebody has deleted', () => {
  it('is made anew with what the graph knows', async () => {
    await arrange('Webhook', 'w');
    await raw.run(`CREATE (:Webhook {id: 'other'}) CREATE (:WebhookTally {id: 'other', kept: 7})`);
    await tallies.look();
    expect(await tally('w')).toMatchObject({
      ...{ kept: 5, kept_successes: 3, failures: 2, successes: 7, ending: 3 },
      ...{ lost_before: '2026-01-05T00:00:00.000Z', requeue_since: '2026-01-05T00:00:00.000Z' },
    });
    expect(await graph.read(COUNT_OF_WEBHOOK, { webhook_id: 'w' })).toEqual([{ total: 8 }]);
    // Queued again when an attempt succeeds, which a probe finds out: perhaps the outage lasts.
    expect(await graph.read(OUTAGES)).toEqual([{ id: 'w', failing_since: '2026-01-05T00:00:00.000Z' }]);
    expect(await tally('other')).toEqual({ id: 'other', kept: 7 });
  });

  it('of a deleted webhook, too: what waits for it ends, and nothing of it is missed', async () => {
    await arrange('DeletedWebhook', 'w');
    await tallies.look();
    expect(await graph.read(ENDING_BACKLOGS)).toEqual([{ id: 'w', generation: 3, deleted: true }]);
    const { lost_before, requeue_since } = await tally('w');
    expect([lost_before, requeue_since]).toEqual([undefined, undefined]);
  });

  it('together with its webhook is made anew all the same: its deliveries are looked for by it', async () => {
    await arrange('Webhook', 'a');
    await arrange('Webhook', 'w');
    await raw.run('MATCH (w:Webhook) DETACH DELETE w');
    await tallies.look();
    for (const id of ['a', 'w']) expect(await tally(id)).toMatchObject({ kept: 5 });
  });

  it('is counted again when all that saw none must be written, and then no more', async () => {
    await arrange('Webhook', 'w');
    await tallies.look();
    await raw.run(`MATCH (d:WebhookDelivery {status: 'sending'}) SET d.status = 'success'`);
    clock.advance(30_000);
    await tallies.look();
    expect(await tally('w')).toMatchObject({ kept: 6, kept_successes: 4, successes: 8 });
    clock.advance(30_000);
    await tallies.look();
    await raw.run('MATCH (t:WebhookTally) SET t.kept = 1');
    clock.advance(30_000);
    await tallies.look();
    expect(await tally('w')).toMatchObject({ kept: 1 });
  });

  it('of a webhook that is just forgotten is not made anew', async () => {
    expect(await new TallyRepository(graph).countAnew('gone', NOW, NOW)).toBe(false);
    expect(await raw.count('WebhookTally')).toBe(0);
  });
});

describe('constraints and indexes that somebody has dropped', () => {
  const names = async (): Promise<string[]> =>
    (await raw.run('SHOW INDEXES YIELD name RETURN name ORDER BY name')).map(({ name }) => name as string);
  const drop = async (): Promise<void> => {
    await raw.run('DROP INDEX webhook_delivery_queue');
    await raw.run('DROP CONSTRAINT webhook_tally_id_unique');
  };

  it.each([
    ['at the next start', () => migrateSchema(graph)],
    ['while the service runs', () => restoreSchema(graph, () => undefined)],
  ])('are made anew %s', async (_, restore) => {
    const before = await names();
    await drop();
    expect(await names()).toHaveLength(before.length - 2);
    await restore();
    expect(await names()).toEqual(before);
  });

  it('and cannot be made anew are told, and the others are made', async () => {
    const before = await names();
    await drop();
    await raw.run(`CREATE (:WebhookTally {id: 'twin'}), (:WebhookTally {id: 'twin'})`);
    const troubles: string[] = [];
    await restoreSchema(graph, (trouble) => troubles.push(trouble));
    expect(troubles).toEqual([expect.stringMatching(/webhook_tally_id_unique[^]*twin/)]);
    expect(await names()).toHaveLength(before.length - 1);
    await raw.run('MATCH (t:WebhookTally) DELETE t');
    await restoreSchema(graph, () => undefined);
    expect(await names()).toEqual(before);
  });
});
