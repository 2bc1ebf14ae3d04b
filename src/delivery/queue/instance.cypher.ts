import { countIn } from '../../neo4j/count-in.js';

const COUNTS = ['events', 'deliveries', 'successes', 'failures', 'retried'];
const TALLIED = ['successes', 'failures', 'kept', 'kept_successes'];
const NOTHING_COUNTED = COUNTS.map((name) => `counter.${name} = 0`).join(', ');

/**
 * The counter $counter, locked, also when the instance that it belongs to is not (or no longer) registered. REMOVE takes
 * the lock and changes nothing, see RELEASE_CLAIMS.
 */
export const COUNTER = `
MERGE (counter:WebhookCounter {id: $counter})
ON CREATE SET ${NOTHING_COUNTED}
REMOVE counter.purge_at
`;

/**
 * Makes numbers again of what somebody has made of the counts of a webhook and of a counter: for a statement of the hot
 * path that has failed. What is none begins anew.
 */
export const MEND_COUNTS = `
CALL () {
  MATCH (counter:WebhookCounter {id: $counter})
  SET ${COUNTS.map((name) => `counter.${name} = ${countIn(`counter.${name}`)}`).join(', ')}
  RETURN count(counter) AS counters
}
OPTIONAL MATCH (tally:WebhookTally {id: $webhook_id})
SET ${TALLIED.map((name) => `tally.${name} = ${countIn(`tally.${name}`)}`).join(', ')},
  tally.failed_attempts = toIntegerOrNull(tally.failed_attempts),
  tally.failed_deliveries = toIntegerOrNull(tally.failed_deliveries)
RETURN counters
`;

/** The instance and its two counter nodes: one for each recorder, so that they never wait for each other. */
export const REGISTER_INSTANCE = `
MERGE (instance:WebhookInstance {id: $id})
SET instance.beat = $beat, instance.host = $host, instance.pid = $pid, instance.space = $space,
  instance.started_at = $now
WITH instance
UNWIND [$id + ':events', $id + ':outcomes', 'total'] AS counterId
MERGE (counter:WebhookCounter {id: counterId})
ON CREATE SET ${NOTHING_COUNTED}
RETURN count(counter) AS counters
`;

/** A node that somebody has spoiled stands still, and so is buried: nobody fails at reading it. */
const BEATS = `coalesce(toIntegerOrNull(instance.beat), -1)`;

/** SET locks before the check: an instance that was buried in between is seen as such. */
export const BEAT = `
MATCH (registry:WebhookRegistry {id: 'registry'})
OPTIONAL MATCH (self:WebhookInstance {id: $id})
SET self.beat = coalesce(toIntegerOrNull(self.beat), 0) + 1, self.work = $work
WITH registry, self
OPTIONAL MATCH (instance:WebhookInstance) WHERE instance.id <> $id AND instance.id >= ''
RETURN self IS NOT NULL AND self.dead IS NULL AS alive,
  coalesce(toIntegerOrNull(registry.version), 0) AS registry_version,
  collect(instance {.id, beat: ${BEATS}, host: coalesce(toStringOrNull(instance.host), ''),
    pid: coalesce(toIntegerOrNull(instance.pid), 0), space: coalesce(toStringOrNull(instance.space), '')}) AS others,
  sum(coalesce(toIntegerOrNull(instance.work), 0)) AS others_work
`;

export const BURY_INSTANCE = `
MATCH (instance:WebhookInstance {id: $id})
SET instance.buried_by = $id
WITH instance WHERE ${BEATS} = $beat
SET instance.dead = true
RETURN instance.id AS id
`;

/**
 * Served by the index on claimed_by. The lost attempt is not counted: nobody knows whether it was made. What was found
 * is told as well: an outcome may have ended a claim between the look and the lock, which does not mean that no more
 * are left. REMOVE takes the lock and changes nothing: the key is known to the schema, deliveries never have it. (Their
 * `queue` must stay: the outcome may have put it there.)
 */
export const RELEASE_CLAIMS = `
MATCH (delivery:WebhookDelivery {claimed_by: $id})
WITH delivery LIMIT $limit
REMOVE delivery.purge_at
WITH collect(delivery) AS found
CALL (found) {
  UNWIND found AS delivery
  WITH delivery WHERE delivery.claimed_by = $id
  SET delivery.queue = delivery.webhook_id, delivery.next_attempt_at = $now, delivery.claimed_by = null,
    delivery.status = CASE WHEN delivery.attempts > 0 THEN 'retrying' ELSE 'pending' END
  RETURN count(delivery) AS released
}
RETURN size(found) AS found, released
`;

/** The next id that claims are marked with, in the order of ids: one entry of the index, however many claims there are. */
export const NEXT_CLAIMER = `
MATCH (delivery:WebhookDelivery)
USING INDEX delivery:WebhookDelivery(claimed_by)
WHERE delivery.claimed_by > $after
WITH delivery.claimed_by AS id ORDER BY id LIMIT 1
RETURN id, EXISTS { (:WebhookInstance {id: id}) } AS registered
`;

/** REMOVE takes the locks of the counters before they are read: a write that is about to raise one is waited for. The common one may be what somebody took away. */
export const REMOVE_INSTANCE = `
MERGE (total:WebhookCounter {id: 'total'})
ON CREATE SET total.events = 0, total.deliveries = 0, total.successes = 0, total.failures = 0, total.retried = 0
REMOVE total.purge_at
WITH total
OPTIONAL MATCH (counter:WebhookCounter) WHERE counter.id IN [$id + ':events', $id + ':outcomes']
REMOVE counter.purge_at
WITH total, collect(counter) AS counters
SET ${COUNTS.map((name) => `total.${name} = reduce(sum = ${countIn(`total.${name}`)}, c IN counters | sum + ${countIn(`c.${name}`)})`).join(',\n  ')}
FOREACH (counter IN counters | DELETE counter)
WITH total
OPTIONAL MATCH (instance:WebhookInstance {id: $id})
DELETE instance
`;
