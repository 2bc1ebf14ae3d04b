import Sequencer from '@jest/test-sequencer';

/**
 * Files that take more than 20 seconds, the slowest first. Where nothing was measured before, as in CI, Jest begins
 * with the largest file, and one of these may be left for the end, when the other workers have nothing to do.
 */
const SLOW = [
  'faults/apoc',
  'faults/store',
  'faults/outage',
  'console/pages',
  'faults/full-disk',
  'faults/kills',
  'faults/capture',
  'e2e/asked-to-wait',
  'faults/embedded',
  'e2e/instances',
  'e2e/circuit-breaker',
  'e2e/consumer',
  'e2e/formats',
  'clients/clients',
  'e2e/demo',
  'e2e/readme-tour',
  'e2e/recovery',
  'e2e/outage',
  'e2e/hostile-strings',
  'e2e/cli',
  'console/tour',
  'integration/embedded-neo4j',
  'e2e/history',
  'e2e/delivery',
  'e2e/capture',
  'packaging/capture-plugin',
  'formats/gelf/gelf',
  'e2e/secrets-key',
  'e2e/spoiled-graph',
];

/** 0 for the slowest. */
function rank({ path }) {
  const place = SLOW.findIndex((name) => path.includes(`/${name}.`));
  return place < 0 ? SLOW.length : place;
}

/** The order in which the workers of Jest take up files. */
export default class SlowestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
