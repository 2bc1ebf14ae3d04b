import { Command } from 'commander';
import type { DeliveryAnswer } from '../answers.js';
import { action, type Cli } from '../cli.js';
import { EXIT, usage, type ExitStatus } from '../exit.js';
import { count } from '../flags.js';
import { followFeed } from '../follow-feed.js';
import { duration, printable } from '../output/text.js';
import { listDeliveries, timeFrom } from '../pages.js';
import { untilInterrupted } from '../until-interrupted.js';
import { logFlags, logQuery, type LogFlags } from './log-flags.js';

interface TailFlags extends LogFlags {
  readonly count?: number;
}

/** States that were shown are remembered up to here, so that log and feed show each once. */
const REMEMBERED = 10_000;

/** Rows of the log that are read after a gap, or for `--since`. */
const MOST_CAUGHT_UP = 1000;

type Shown = Omit<DeliveryAnswer, 'payload' | 'response_body' | 'last_attempt_at'> &
  Partial<Pick<DeliveryAnswer, 'last_attempt_at'>>;

/** When it came into this state: the log knows, and what the feed tells of is of now. */
function timeOf({ status, last_attempt_at: last, created_at: created }: Shown): string {
  if (last === undefined) return new Date().toISOString();
  return status === 'pending' ? created : (last ?? created);
}

function lineOf(cli: Cli, delivery: Shown): string {
  const { status, event, response_code: code, error_message: message, duration_ms: ms } = delivery;
  const marks: Readonly<Record<string, string>> = {
    success: cli.colour('green', '✔'),
    failed: cli.colour('red', '✘'),
  };
  const mark = marks[status] ?? '…';
  const answer = code ?? message ?? '–';
  const took = ms === null ? '–' : duration(ms);
  const parts = [
    event,
    status,
    answer,
    took,
    `attempt ${delivery.attempts}`,
    `evt ${delivery.event_id}`,
    delivery.id,
  ];
  return `${timeOf(delivery)} ${mark} ${printable(parts.join(' '))}`;
}

/** Shows each state of a delivery once, whether the log or the feed told of it. */
class Tail {
  private readonly seen = new Set<string>();
  private shown = 0;
  /** Where the log is asked from after a gap. */
  private since = new Date().toISOString();
  private finish: () => void = () => undefined;
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(
    private readonly cli: Cli,
    private readonly flags: TailFlags,
  ) {}

  /** The log from a time on, oldest first. */
  async catchUp(since = this.since): Promise<void> {
    const query = { ...logQuery({ ...this.flags, since }), payload: false };
    const most = { limit: MOST_CAUGHT_UP };
    const { body } = await listDeliveries(this.cli, query, most);
    const { deliveries, total, total_capped, next_cursor } = body;
    const older = total_capped === true ? 'more' : total - deliveries.length;
    if (next_cursor !== null)
      this.cli.note(`# ${older} older ones are left out: deliveries list --since shows them`);
    for (const delivery of [...deliveries].reverse()) this.show(delivery);
  }

  show(delivery: Shown): void {
    const key = `${delivery.id} ${delivery.status} ${delivery.attempts}`;
    if (this.seen.has(key) || this.shown === this.flags.count) return;
    this.seen.add(key);
    const [oldest = key] = this.seen;
    if (this.seen.size > REMEMBERED) this.seen.delete(oldest);
    // Answers overlap: what was made in the last seconds may end later.
    this.since = new Date(Date.now() - 60_000).toISOString();
    if (this.cli.flags.json === true) this.cli.json(delivery);
    else this.cli.print(lineOf(this.cli, delivery));
    this.shown += 1;
    if (this.shown === this.flags.count) this.finish();
  }
}

async function tail(cli: Cli, flags: TailFlags): Promise<ExitStatus> {
  if (flags.failed === true && flags.status !== undefined) throw usage('Give --failed or --status, not both');
  const shown = new Tail(cli, flags);
  const stop = new AbortController();
  const following = followFeed(
    cli,
    { topics: 'deliveries', ...logQuery({ ...flags, since: undefined }) },
    {
      opened: async (isAgain) => {
        if (isAgain) await shown.catchUp();
        else if (flags.since !== undefined) await shown.catchUp(timeFrom(flags.since));
        cli.note('# live');
      },
      item: async (name, data) => {
        if (name === 'delivery') shown.show(data as unknown as Shown);
        else if (name === 'changed') await shown.catchUp();
      },
    },
    stop.signal,
  );
  const signal = await untilInterrupted(Promise.race([following, shown.finished]));
  stop.abort();
  await following;
  return signal === 0 ? EXIT.done : EXIT.interrupted;
}

/** `deliveries tail` */
export function tailCommand(): Command {
  return logFlags(new Command('tail'))
    .description('what becomes of deliveries, as it happens; with --since first what the log has')
    .option('--count <n>', 'end after so many', count)
    .action(action(tail));
}
