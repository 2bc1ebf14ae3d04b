import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from '../support/report.js';
import { scaled } from '../support/sizes.js';

const PROGRAM = fileURLToPath(new URL('../../bin/basset-webhooks', import.meta.url));
const TIMES = scaled(20, 3);

function timed(args: readonly string[]): number {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] },
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}`);
  return performance.now() - started;
}

/** How long somebody waits for the command line, beside Node.js alone. */
export async function commandLine(report: Report): Promise<void> {
  const subjects: readonly (readonly [string, readonly string[]])[] = [
    ['node alone', ['-e', '0']],
    ['basset-webhooks --help', [PROGRAM, '--help']],
    ['basset-webhooks deliveries --help', [PROGRAM, 'deliveries', '--help']],
  ];
  for (let n = 0; n < TIMES; n += 1)
    for (const [subject, args] of subjects) report.add(subject, 'from start to end', timed(args), 'ms');
}
