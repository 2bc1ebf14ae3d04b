/**
 * Operations and sequences of them, as JUnit counts them. Where nothing was asked for there is one failure, whatever the
 * report says.
 *
 * @param {number} status of the program
 * @param {string} report of JUnit
 * @param {number} requests that were made
 * @returns {{ passed: number, failed: number }}
 */
export function counts(status, report, requests) {
  const number = (name) => Number(new RegExp(`<testsuites [^>]*${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const passed = Math.max(0, number('tests') - failed - number('skipped'));
  const isBad = status !== 0 || requests === 0 || passed + failed === 0;
  return { passed, failed: isBad && failed === 0 ? 1 : failed };
}

/** Those that never end are not fuzzed. */
const ENDLESS = new Set(['GET /api/v1/feed']);

/**
 * How much was done, in one line: on a busy machine the time is over early.
 *
 * @param {Record<string, Record<string, unknown>>} paths of the OpenAPI document
 * @param {Record<string, number>} requests by operation, such as `GET /api/v1/webhooks`
 */
export function summary(paths, requests) {
  const methods = ['get', 'put', 'post', 'delete', 'patch'];
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    methods.filter((method) => method in operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const operations = all.filter((operation) => !ENDLESS.has(operation));
  const missed = operations.filter((operation) => !(requests[operation] > 0));
  const made = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const reached = operations.length - missed.length;
  const missing = missed.length === 0 ? '' : `; not reached in time: ${missed.join(', ')}`;
  return `Fuzzed ${reached} of ${operations.length} operations with ${made} requests${missing}`;
}
