import { parseSecretsKey } from './secrets-key.js';
import { resolveOptions } from './resolve-options.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const neo4j = { uri: 'bolt://127.0.0.1:7687', user: 'neo4j', password: 'x' };

describe('resolveOptions', () => {
  it('takes keys as text, as the environment gives them, and as objects', () => {
    const old = { id: 'old', key: Buffer.alloc(32, 2) };
    expect(resolveOptions({ neo4j, secretsKeys: [KEY, old] }).secretsKeys).toEqual([
      parseSecretsKey(KEY),
      old,
    ]);
  });

  it('refuses a text that is no key, and an external Neo4j without one', () => {
    expect(() => resolveOptions({ neo4j, secretsKeys: ['short'] })).toThrow('secretsKeys must be 32 bytes');
    expect(() => resolveOptions({ neo4j })).toThrow('secretsKeys is required');
  });

  it.each([
    [{ maxDeliveries: '5' }, 'maxDeliveries must be a whole number from 1 to 1000000000'],
    [{ retryJitter: Number.NaN }, 'retryJitter must be a number from 0 to 1'],
    [{ maxRequestsPerSecond: -1 }, 'maxRequestsPerSecond must be a number from 0'],
    [{ allowedNetworks: ['10.0.0.0/33'] }, "'10.0.0.0/33' is none"],
    [{ eventTypes: [{ event: 'Case Closed' }] }, "'Case Closed' is not"],
    [{ secretsKeys: [{ id: 'x', key: Buffer.alloc(16) }] }, 'secretsKeys must be 32 bytes'],
    [{ secretsKeys: [undefined] }, 'secretsKeys must be 32 bytes'],
  ])('refuses %j as an option, by its name', (given, message) => {
    expect(() => resolveOptions({ neo4j, secretsKeys: [KEY], ...given } as never)).toThrow(message);
  });

  it('takes an option that is undefined as left out', () => {
    const given = { neo4j, secretsKeys: [KEY], maxDeliveries: undefined } as never;
    expect(resolveOptions(given).maxDeliveries).toBe(1000);
  });
});
