/** What the statements of the way of an event need to find: an instance, and a webhook with its tally. Never committed. */
export const SET_THE_STAGE = `
CREATE (:WebhookInstance {id: $instance, beat: 0, host: '', pid: 0})
CREATE (webhook:Webhook {id: $webhook, delivery_count: 0})
CREATE (:WebhookTally {id: $webhook, successes: 0, failures: 0, kept: 0, kept_successes: 0})
RETURN webhook.id AS id
`;
