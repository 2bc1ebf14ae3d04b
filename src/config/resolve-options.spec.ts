import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { parseSecretsKey } from './secrets-key.js';
import { resolveOptions } from './resolve-options.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const neo4j = { uri: 'bolt://127.0.0.1:7687', user: 'neo4j', password: 'x' };

describe('resolveOptions', () => {
  it('takes keys as text, as the environment gives them, and as objects', () => {
    const old = { id: 'old', key: Buffer.alloc(32, 2) };
    const keys = resolveOptions({ neo4j, secretsKeys: [KEY, old] }).secretsKeys;
    expect(keys.map(({ id }) => id)).toEqual([parseSecretsKey(KEY)?.id, 'old']);
    expect(keys.map(({ key }) => (key as KeyObject).export())).toEqual([Buffer.alloc(32, 1), old.key]);
  });

  it('keeps keys where printing the options does not show them', () => {
    const options = resolveOptions({ neo4j, secretsKeys: [{ id: 'k', key: Buffer.alloc(32, 'planted!') }] });
    for (const text of [inspect(options, { depth: 9, showHidden: true }), JSON.stringify(options)]) {
      expect(text).toContain('k');
      expect(text).not.toMatch(/planted!|70 6c 61 6e|112,108,97,110/);
    }
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
    [{ secretsKeys: [{ id: 'x', key: KEY }] }, 'secretsKeys must be 32 bytes'],
  ])('refuses %j as an option, by its name', (given, message) => {
    expect(() => resolveOptions({ neo4j, secretsKeys: [KEY], ...given } as never)).toThrow(message);
  });

  it('takes an option that is undefined as left out', () => {
    const given = { neo4j, secretsKeys: [KEY], maxDeliveries: undefined } as never;
    expect(resolveOptions(given).maxDeliveries).toBe(1000);
  });
});
