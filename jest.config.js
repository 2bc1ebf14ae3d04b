const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^basset-hound-webhooks/receiver$': '<rootDir>/src/receiver/receiver.ts',
  },
  transform: { '^.+\\.ts$': '@swc/jest' },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/examples/consumer/',
    '<rootDir>/data/',
    '<rootDir>/.cache/',
  ],
  setupFiles: ['<rootDir>/test/support/setup.ts'],
};

/**
 * Three levels, clients, the console, versions of Node.js, faults, and receivers of others; all but `unit` and `faults`
 * find their Neo4j in TEST_NEO4J_* (see test/runner/run.mjs),
 * `faults` has one of its own, to be killed.
 */
export default {
  // By itself Jest leaves one core to whoever sits at the machine, which is half of two.
  maxWorkers: '100%',
  // Modules of files that were run stay in memory: a worker that has many is started anew.
  workerIdleMemoryLimit: '1500MB',
  testSequencer: '<rootDir>/test/runner/slowest-first.mjs',
  // Each failure is printed once, where it happened; the summary of a long run would print all of them again.
  reporters: [['default', { summaryThreshold: 100_000 }]],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.spec.ts',
        '<rootDir>/console/src/**/*.spec.ts',
        '<rootDir>/test/packaging/**/*.spec.ts',
      ],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.int-spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'],
    },
    {
      ...common,
      displayName: 'clients',
      testMatch: ['<rootDir>/test/clients/*.clients-spec.ts'],
    },
    {
      ...common,
      displayName: 'console',
      testMatch: ['<rootDir>/test/console/*.console-spec.ts'],
    },
    {
      ...common,
      displayName: 'versions',
      testMatch: ['<rootDir>/test/versions/*.versions-spec.ts'],
    },
    {
      ...common,
      displayName: 'faults',
      testMatch: ['<rootDir>/test/faults/*.faults-spec.ts'],
    },
    {
      ...common,
      displayName: 'receivers',
      testMatch: ['<rootDir>/test/receivers/*.receivers-spec.ts'],
    },
    {
      ...common,
      displayName: 'quick-receivers',
      testMatch: ['<rootDir>/test/receivers/*.quick-receivers-spec.ts'],
    },
  ],
};
