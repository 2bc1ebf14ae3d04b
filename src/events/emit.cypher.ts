/** Within a transaction of the caller: the event is sent when that is committed, and never when it is rolled back. */
export const EMIT_EVENT = `
CREATE (row:WebhookOutbox)
SET row = $row, row.at = timestamp()
`;
