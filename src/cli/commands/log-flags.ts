import type { Command } from 'commander';
import type { Query } from '../api.js';
import { timeFrom } from '../pages.js';

export interface LogFlags {
  readonly status?: string | undefined;
  readonly failed?: boolean | undefined;
  readonly webhook?: string | undefined;
  readonly event?: string | undefined;
  readonly project?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Which deliveries, for `list` and `tail`. */
export const logFlags = (command: Command): Command =>
  command
    .option('--status <status>', 'pending, sending, success, failed or retrying')
    .option('--failed', 'the same as --status failed')
    .option('--webhook <id>')
    .option('--event <type>')
    .option('--project <id>')
    .option('--since <time>', 'RFC 3339, or ago: 30m, 12h, 7d');

export const logQuery = (flags: LogFlags): Query => ({
  status: flags.failed === true ? 'failed' : flags.status,
  webhook_id: flags.webhook,
  event: flags.event,
  project_id: flags.project,
  since: timeFrom(flags.since),
  until: timeFrom(flags.until),
});
