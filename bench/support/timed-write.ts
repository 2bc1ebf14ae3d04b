import type { Driver } from 'neo4j-driver';

/**
 * Writes by the bare driver.
 *
 * @param isOwn marked as ours, so that the capture plugin passes over it
 * @returns how long it took, ms
 */
export async function timedWrite(
  driver: Driver,
  cypher: string,
  parameters = {},
  isOwn = false,
): Promise<number> {
  const session = driver.session({ database: 'neo4j' });
  const started = performance.now();
  try {
    await session.run(cypher, parameters, { metadata: isOwn ? { webhooks: '1' } : {} });
    return performance.now() - started;
  } finally {
    await session.close();
  }
}
