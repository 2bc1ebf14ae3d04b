import type { Graph } from './graph.js';

/**
 * Deliveries that break the promise: not finished, and neither in the queue nor claimed by a registered instance. Told
 * apart from the statement that mends them, so that the two do not err together.
 */
export function breaches(graph: Graph): Promise<any[]> {
  return graph.run(
    `MATCH (d:WebhookDelivery)
     WITH d, d.status IN ['success', 'failed'] AND d.queue IS NULL AND d.claimed_by IS NULL AS finished,
       d.status IN ['pending', 'retrying'] AND d.queue = d.webhook_id AND d.next_attempt_at =~ '\\\\d{4}-.*Z'
         AND d.claimed_by IS NULL AS waits,
       d.status = 'sending' AND d.queue IS NULL
         AND EXISTS { (:WebhookInstance {id: d.claimed_by}) } AS claimed
     WHERE NOT (coalesce(finished, false) OR coalesce(waits, false) OR coalesce(claimed, false))
     RETURN d.id AS id, d.status AS status, d.queue AS queue, d.claimed_by AS claimed_by,
       d.next_attempt_at AS next_attempt_at`,
  );
}

/** What the counters say is pending, less what is; 0 unless a write was counted twice or not at all. */
export function miscounted(graph: Graph): Promise<number> {
  return graph.value(
    `CALL () { MATCH (c:WebhookCounter)
       RETURN sum(c.deliveries) - sum(c.successes) - sum(c.failures) AS pending }
     CALL () { MATCH (d:WebhookDelivery) WHERE NOT d.status IN ['success', 'failed'] RETURN count(d) AS actual }
     RETURN pending - actual`,
  );
}
