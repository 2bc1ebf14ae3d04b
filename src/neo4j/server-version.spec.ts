import { describe, expect, it } from '@jest/globals';
import { BootError } from '../common/boot-error.js';
import { expectKnownServer } from './server-version.js';

const check = (agent: string | undefined) => (): void => {
  expectKnownServer(agent, 'bolt://here:7687');
};

describe('the version of the server', () => {
  it.each(['Neo4j/5.26.0', 'Neo4j/5.26.28', 'Neo4j/2025.01.0', 'Neo4j/6.0', 'Neo4j/dev', undefined])(
    'takes %s',
    (agent) => {
      expect(check(agent)).not.toThrow();
    },
  );

  it.each(['Neo4j/5.25.1', 'Neo4j/5.20.0', 'Neo4j/4.4.38', 'Neo4j/v5.2.0 compatible graph database server'])(
    'refuses %s with one sentence that names both versions',
    (agent) => {
      expect(check(agent)).toThrow(BootError);
      expect(check(agent)).toThrow(/^Neo4j at bolt:\/\/here:7687 is \d\S+, and 5\.26 or newer is needed/);
    },
  );
});
