import { COUNTER } from '../queue/instance.cypher.js';

/** What is said of a webhook that fails, no more. */
const END_FAILURES = `REMOVE healthy.blocked, healthy.failing_since, healthy.failed_attempts, healthy.failed_deliveries,
      healthy.lost_since`;

/**
 * Outcomes with their attempts: 10,000 and more a second in one statement. REMOVE takes the lock (and changes nothing,
 * see RELEASE_CLAIMS), then the claim is checked: a delivery that another instance has taken over is left alone, and so
 * is one whose outcome was written already, when its answer was lost. The counter may be new: a lost lease brings a new
 * id, and no outcome waits for that to be registered. It is locked first, see APPEND_EVENTS. The rows are lists, see APPEND_EVENTS.
 * The counts of a webhook stand on a node of their own, its tally: on the webhook itself they would deadlock with
 * APPEND_EVENTS, which holds the webhook for its new edges. They come last, in the order of their ids.
 * A webhook that fails is counted on its tally as well: since when, and how often in a row. A success among what
 * is written ends that, whatever failed beside it, and keeps from when deliveries were lost for a recovery. What failed
 * in an outage is `due` to be queued again by itself, once (then it is `done`), and is not counted as failed anew.
 * What was rejected says nothing of the webhook: it is none of the failures of an outage. What is blocked counts as a
 * failed delivery with each attempt, although it waits: otherwise nobody would ever switch such a webhook off.
 * An attempt that was asked to wait counts for none of it: the tally has until when the webhook pauses, and since when
 * it has asked for nothing else.
 */
export const WRITE_OUTCOMES = `
${COUNTER}
WITH counter WHERE counter.id IS NOT NULL
CALL () {
  UNWIND $rows AS row
  MATCH (delivery:WebhookDelivery {id: row[0]})
  REMOVE delivery.purge_at
  WITH delivery, row, delivery.recovery AS recovery WHERE delivery.claimed_by = row[2]
  SET delivery.status = row[3], delivery.attempts = row[4], delivery.queue = row[5],
    delivery.next_attempt_at = row[6], delivery.error_message = row[7], delivery.error_code = row[13],
    delivery.claimed_by = null, delivery.attempt_base = coalesce(row[14][0], delivery.attempt_base),
    delivery.recovery = CASE
      WHEN row[3] = 'retrying' THEN recovery
      WHEN row[16] THEN coalesce(recovery, 'due') END,
    delivery.outcome = coalesce(row[17], delivery.outcome)
  FOREACH (attempt IN row[8] |
    SET delivery.last_attempt_at = attempt[0], delivery.duration_ms = attempt[1],
      delivery.response_code = attempt[2], delivery.response_body = attempt[3], delivery.digest_id = attempt[4]
    CREATE (delivery)-[:HAS_ATTEMPT]->(:WebhookAttempt {
      id: coalesce(row[20], row[0] + ':' + row[4]), delivery_id: row[0], number: row[4], started_at: attempt[0],
      duration_ms: attempt[1], response_code: attempt[2], response_body: attempt[3], error_message: row[7],
      error_code: row[13]
    })
  )
  WITH row[1] AS webhook_id, count(row) AS written, sum(row[9]) AS successes, sum(row[10]) AS failures,
    sum(row[11]) AS retried, count(row[12]) AS failed_attempts, min(row[12]) AS failed_at,
    min(CASE row[18] WHEN 1 THEN delivery.created_at END) AS lost_from, sum(row[18]) AS lost,
    sum(CASE row[17] WHEN 'blocked' THEN 1 ELSE 0 END) AS blocked,
    min(row[14][1]) AS asked_since, max(row[14][2]) AS paused_until, sum(row[15]) AS decided,
    min(CASE WHEN row[16] AND delivery.recovery = 'due' THEN delivery.created_at END) AS due_from,
    sum(CASE WHEN row[19] = 1 AND recovery IS NULL THEN 1 ELSE 0 END) AS first_failures
  ORDER BY webhook_id
  OPTIONAL MATCH (tally:WebhookTally {id: webhook_id})
  SET tally.successes = tally.successes + successes, tally.failures = tally.failures + failures,
    tally.kept = tally.kept + successes + failures,
    tally.kept_successes = tally.kept_successes + successes
  FOREACH (failing IN CASE WHEN successes = 0 AND failed_attempts + lost > 0 THEN [tally] ELSE [] END |
    SET failing.failing_since = coalesce(failing.failing_since, failed_at),
      failing.failed_attempts = coalesce(failing.failed_attempts, 0) + failed_attempts,
      failing.failed_deliveries = coalesce(failing.failed_deliveries, 0) + first_failures,
      failing.blocked = CASE WHEN blocked > 0 THEN true ELSE failing.blocked END,
      failing.lost_since = CASE WHEN failing.lost_since <= lost_from THEN failing.lost_since
        ELSE coalesce(lost_from, failing.lost_since) END
  )
  FOREACH (due IN CASE WHEN due_from IS NULL THEN [] ELSE [tally] END |
    SET due.requeue_since = CASE WHEN due.requeue_since <= due_from THEN due.requeue_since ELSE due_from END
  )
  FOREACH (healthy IN CASE
      WHEN successes > 0 AND (failures > 0 OR tally.failing_since IS NOT NULL OR tally.lost_since IS NOT NULL)
      THEN [tally] ELSE [] END |
    SET healthy.lost_before = coalesce(healthy.lost_since, lost_from, healthy.lost_before)
    ${END_FAILURES}
  )
  FOREACH (answering IN CASE WHEN decided > 0 THEN [tally] ELSE [] END | REMOVE answering.asked_since)
  FOREACH (paused IN CASE WHEN paused_until IS NOT NULL THEN [tally] ELSE [] END |
    SET paused.asked_since = coalesce(paused.asked_since, asked_since),
      paused.paused_until = CASE WHEN paused.paused_until > paused_until THEN paused.paused_until
        ELSE paused_until END
  )
  RETURN sum(written) AS written, sum(successes) AS successes, sum(failures) AS failures, sum(retried) AS retried
}
SET counter.successes = counter.successes + successes, counter.failures = counter.failures + failures,
  counter.retried = counter.retried + retried
RETURN written
`;

/**
 * As WRITE_OUTCOMES, of what succeeded with its first attempt, which nearly all do: five values of a delivery instead of
 * twenty, and a plan that a Neo4j that has just started makes in a third of the time. A delivery that was refused before
 * without an attempt may have an error; nothing else that is taken away here can be there.
 */
export const WRITE_FIRST_SUCCESSES = `
${COUNTER}
WITH counter WHERE counter.id IS NOT NULL
CALL () {
  UNWIND $rows AS row
  MATCH (delivery:WebhookDelivery {id: row[0]})
  REMOVE delivery.purge_at
  WITH delivery, row WHERE delivery.claimed_by = $claimer
  SET delivery.status = 'success', delivery.outcome = 'success', delivery.attempts = 1, delivery.queue = null,
    delivery.next_attempt_at = null, delivery.error_message = null, delivery.error_code = null,
    delivery.claimed_by = null, delivery.recovery = null, delivery.last_attempt_at = row[1],
    delivery.duration_ms = row[2], delivery.response_code = row[3], delivery.response_body = row[4]
  CREATE (delivery)-[:HAS_ATTEMPT]->(:WebhookAttempt {
    id: row[0] + ':1', delivery_id: row[0], number: 1, started_at: row[1], duration_ms: row[2],
    response_code: row[3], response_body: row[4]
  })
  WITH delivery.webhook_id AS webhook_id, count(delivery) AS successes ORDER BY webhook_id
  OPTIONAL MATCH (tally:WebhookTally {id: webhook_id})
  SET tally.successes = tally.successes + successes, tally.kept = tally.kept + successes,
    tally.kept_successes = tally.kept_successes + successes
  REMOVE tally.asked_since
  FOREACH (healthy IN CASE
      WHEN tally.failing_since IS NOT NULL OR tally.lost_since IS NOT NULL THEN [tally] ELSE [] END |
    SET healthy.lost_before = coalesce(healthy.lost_since, healthy.lost_before)
    ${END_FAILURES}
  )
  RETURN sum(successes) AS written
}
SET counter.successes = counter.successes + written
RETURN written
`;
