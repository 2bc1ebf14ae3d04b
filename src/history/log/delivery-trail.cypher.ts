/** The newest attempts, oldest first; the count is the degree of the node. */
export const FIND_ATTEMPTS = `
MATCH (delivery:WebhookDelivery {id: $id})
CALL (delivery) {
  MATCH (delivery)-[:HAS_ATTEMPT]->(attempt:WebhookAttempt)
  WITH attempt ORDER BY attempt.number DESC LIMIT $limit
  WITH attempt ORDER BY attempt.number
  RETURN collect(attempt {
    .id, .number, .started_at, .duration_ms, .response_code, .response_body, .error_message, .error_code
  }) AS attempts
}
RETURN COUNT { (delivery)-[:HAS_ATTEMPT]->() } AS total, attempts
`;

export const FIND_EVENT = `
MATCH (event:WebhookEvent {id: $id})
RETURN event {.id, .type, .project_id, .timestamp, .created_at, .body} AS event,
  COUNT { (event)-[:TRIGGERED]->() } AS total
`;
