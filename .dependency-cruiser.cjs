/** The layer rules of docs/architecture.md as code. */
const SPECS = '\\.spec\\.ts$';

/** Types, policies and operators: what would stay the same under another framework and another store. */
const DOMAIN_FILES = [
  '^src/common/([^/]+|json/.+|rxjs/.+)\\.ts$',
  '^src/delivery/model/.+\\.ts$',
  '^src/delivery/outcomes/outcome\\.ts$',
  '^src/delivery/sending/(address-policy|credentials|signer)\\.ts$',
  '^src/events/(event-types|fingerprint|known-events|new-event)\\.ts$',
  '^src/webhooks/(cursor|merge-patch|webhook|webhook-headers|webhook-url)\\.ts$',
  '\\.errors\\.ts$',
];

const layer = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** `room` imports from src only what is in `allowed` (and itself). */
const onlyFrom = (room, allowed) =>
  layer(
    `${room}-imports`,
    `${room}/ imports only ${allowed.join(', ')}`,
    { path: `^src/${room}/` },
    { path: '^src/', pathNot: [room, ...allowed].map((name) => `^src/${name}/`) },
  );

module.exports = {
  forbidden: [
    layer('no-circular', 'Dependencies run one way.', {}, { circular: true }),
    layer('no-unresolvable', 'Every import exists.', {}, { couldNotResolve: true }),
    layer(
      'no-dev-dependency',
      'What runs in production is a dependency.',
      // OpenTelemetry is installed by those who want traces: an optional peer.
      { path: '^src/', pathNot: [SPECS, '^src/tracing/sdk\\.ts$'] },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
    onlyFrom('common', []),
    onlyFrom('config', ['common']),
    onlyFrom('neo4j', ['config', 'common']),
    onlyFrom('formats', ['common']),
    onlyFrom('delivery/model', ['formats', 'config', 'common']),
    onlyFrom('delivery/sending', ['delivery/model', 'formats', 'config', 'common']),
    onlyFrom('delivery/endpoints', ['delivery/sending', 'delivery/model', 'formats', 'neo4j', 'common']),
    onlyFrom('delivery/queue', ['delivery/endpoints', 'delivery/model', 'neo4j', 'common']),
    onlyFrom('delivery/outcomes', [
      ...['delivery/queue', 'delivery/endpoints', 'delivery/model', 'formats', 'neo4j', 'common'],
    ]),
    onlyFrom('delivery', ['formats', 'neo4j', 'config', 'common']),
    onlyFrom('events', ['auth', 'delivery', 'formats', 'neo4j', 'config', 'common']),
    onlyFrom('history', ['events', 'delivery', 'formats', 'neo4j', 'config', 'common']),
    onlyFrom('engine', ['history', 'events', 'delivery', 'neo4j', 'config', 'common']),
    onlyFrom('capture', ['auth', 'engine', 'events', 'delivery', 'neo4j', 'config', 'common']),
    onlyFrom('webhooks', [
      ...[
        'auth',
        'capture',
        'engine',
        'history',
        'events',
        'delivery',
        'formats',
        'neo4j',
        'config',
        'common',
      ],
    ]),
    onlyFrom('console', ['auth', 'config', 'common']),
    onlyFrom('feed', [
      ...['auth', 'webhooks', 'engine', 'history', 'events', 'delivery', 'neo4j', 'config', 'common'],
    ]),
    onlyFrom('tracing', ['common']),
    onlyFrom('metrics', ['delivery', 'neo4j', 'config', 'common']),
    layer(
      'cli-imports',
      'The command line loads neither Nest nor the driver; `serve` imports main.ts, when it is asked to.',
      { path: '^src/cli/', pathNot: SPECS },
      {
        path: ['^src/', '^node_modules/'],
        pathNot: ['^src/(cli|common|receiver)/', '^src/main\\.ts$', 'commander'],
      },
    ),
    layer(
      'receiver-imports-nothing',
      'Receivers take it along alone, also where there is no Node.',
      { path: '^src/receiver/', pathNot: SPECS },
      { pathNot: '^src/receiver/' },
    ),
    onlyFrom('auth', ['config', 'common']),
    onlyFrom('health', ['engine', 'neo4j', 'config', 'common']),
    layer(
      'driver-stays-in-adapters',
      'Only neo4j/ and the Neo4j repositories know the driver.',
      { path: '^src/', pathNot: ['^src/neo4j/', '\\.neo4j\\.repository\\.ts$', SPECS] },
      { path: '^node_modules/neo4j-driver' },
    ),
    layer(
      'cypher-stays-with-repositories',
      'Cypher is used by the Neo4j adapters only.',
      { path: '^src/', pathNot: ['^src/neo4j/', '\\.neo4j\\.repository\\.ts$', '\\.cypher\\.ts$', SPECS] },
      { path: '\\.cypher\\.ts$' },
    ),
    layer(
      'controllers-see-no-repository',
      'A controller translates; it asks a service.',
      { path: '\\.controller\\.ts$' },
      { path: ['\\.repository\\.ts$', '\\.cypher\\.ts$', '^src/neo4j/'] },
    ),
    layer(
      'domain-knows-no-framework',
      'Domain files import neither Nest nor the driver.',
      { path: DOMAIN_FILES, pathNot: ['json-logger'] },
      { path: ['^node_modules/@nestjs/', '^node_modules/neo4j-driver', '^node_modules/class-validator'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
