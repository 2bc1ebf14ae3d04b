/** The database itself, among other components that name themselves there. */
export const SERVER = `
CALL dbms.components() YIELD name, versions, edition
WHERE name STARTS WITH 'Neo4j'
RETURN versions[0] AS version, edition
LIMIT 1
`;

/** What somebody has spoiled is left out: nobody fails at reading it. */
export const INSTANCES = `
MATCH (instance:WebhookInstance) WHERE instance.id >= '' AND instance.dead IS NULL
WITH toStringOrNull(instance.host) AS host, toStringOrNull(instance.started_at) AS started_at
WHERE host IS NOT NULL AND started_at IS NOT NULL
RETURN host, started_at
ORDER BY started_at, host
LIMIT 1000
`;
