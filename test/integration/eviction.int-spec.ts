import { beforeEach, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import { VirtualTimeScheduler } from 'rxjs';
import { SystemClock } from '../../src/common/clock.js';
import { DEFAULT_OPTIONS } from '../../src/config/resolve-options.js';
import type { EndpointRegistry } from '../../src/delivery/endpoints/endpoint-registry.js';
import type { WebhookDeactivator } from '../../src/delivery/endpoints/webhook-deactivator.js';
import { HistoryRepository } from '../../src/history/eviction/history.neo4j.repository.js';
import { HistorySweeper } from '../../src/history/eviction/history-sweeper.js';
import { COUNT_OF_WEBHOOK } from '../../src/history/log/delivery-log.cypher.js';
import { Repeater } from '../../src/neo4j/repeater.js';
import { setGraphScene } from '../support/graph-scene.js';

const { graph, raw } = setGraphScene();

/** As after an overload: 200 accepted, of which 120 have ended, and at most 50 ended ones may be kept. */
const ALL = 200;
const ENDED = 120;
const KEPT = 50;
/** Every tenth event came with an id of its caller's, and must be remembered. */
const REMEMBERED = 10;

const number = (n: number): string => String(n).padStart(4, '0');

beforeEach(async () => {
  await raw.wipe();
  await raw.run(
    `CREATE (w:Webhook {id: 'w', delivery_count: $all})
     CREATE (:WebhookTally {id: 'w', successes: $ended - 20, failures: 20, kept: $ended, kept_successes: $ended - 20})
     WITH w UNWIND range(0, $all - 1) AS n
     WITH w, n, right('000' + n, 4) AS number, CASE
       WHEN n >= $ended + 10 THEN 'pending' WHEN n >= $ended THEN 'sending' WHEN n % 6 = 0 THEN 'failed' ELSE 'success' END AS status
     CREATE (w)-[:HAS_DELIVERY]->(:WebhookDelivery {id: 'd' + number, webhook_id: 'w', event_id: 'e' + number,
       status: status, created_at: '2026-01-01T00:00:00.000Z', claimed_by: CASE status WHEN 'sending' THEN 'me' END,
       queue: CASE status WHEN 'pending' THEN 'w' END})
       <-[:TRIGGERED]-(:WebhookEvent {id: 'e' + number, created_at: '2026-01-01T00:00:00.000Z',
         keep_until: CASE n % $remembered WHEN 0 THEN '2999-01-01T00:00:00.000Z' END})`,
    { all: neo4j.int(ALL), ended: neo4j.int(ENDED), remembered: neo4j.int(REMEMBERED) },
  );
});

const ids = async (label: string): Promise<string[]> =>
  (await raw.run(`MATCH (n:${label}) RETURN n.id AS id ORDER BY id`)).map(({ id }) => id as string);

it('takes exactly what ended and is too much, oldest first, and the counts tell how much that was', async () => {
  const sweeper = new HistorySweeper(
    new HistoryRepository(graph),
    { followProjects: async () => undefined } as WebhookDeactivator,
    { ids: () => ['w'] } as EndpointRegistry,
    new SystemClock(),
    { ...DEFAULT_OPTIONS, maxDeliveries: KEPT },
    new Repeater(new VirtualTimeScheduler()),
  );
  while ((await sweeper.sweep()) > 0);

  const evicted = ENDED - KEPT;
  const left = Array.from({ length: ALL - evicted }, (_, n) => number(n + evicted));
  expect(await ids('WebhookDelivery')).toEqual(left.map((n) => `d${n}`));
  const remembered = Array.from({ length: evicted / REMEMBERED }, (_, n) => number(n * REMEMBERED));
  expect(await ids('WebhookEvent')).toEqual([...remembered, ...left].map((n) => `e${n}`));

  // What is not there any more is what the tally says has ended and is not kept: nothing else can be missing.
  const tally: Record<string, number> = await raw.value('MATCH (t:WebhookTally) RETURN t');
  const { successes = 0, failures = 0, kept = 0 } = tally;
  expect(successes + failures - kept).toBe(evicted);
  expect(await graph.read(COUNT_OF_WEBHOOK, { webhook_id: 'w' })).toEqual([{ total: left.length }]);
});
