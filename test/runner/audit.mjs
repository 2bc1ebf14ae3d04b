import { execFile } from 'node:child_process';
import { ROOT } from './command.mjs';

const ARGS = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];

/** What `npm audit` printed; undefined when it is no report, because the registry did not answer. */
function reportIn(output) {
  try {
    const report = JSON.parse(output);
    return report.metadata?.vulnerabilities ? report : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Known vulnerabilities of what runs in production. Without an answer of the registry nothing is known: a plain line
 * says so, and it is no failure, or nobody could test without a network.
 *
 * @returns {Promise<string[]>} `['audit']` when there are some
 */
export async function audit() {
  const output = await new Promise((resolve) => {
    execFile('npm', ARGS, { cwd: ROOT, maxBuffer: 1 << 26 }, (_, stdout) => resolve(stdout));
  });
  const report = reportIn(output);
  if (!report) {
    console.log('skipped audit: the registry gave no answer');
    return [];
  }
  const names = Object.values(report.vulnerabilities ?? {}).map(
    ({ name, severity }) => `${name} (${severity})`,
  );
  if (names.length === 0) {
    console.log('ok     audit');
    return [];
  }
  console.log(`FAILED audit: ${names.join(', ')}`);
  return ['audit'];
}
