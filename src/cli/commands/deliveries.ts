import { Command } from 'commander';
import type { DeliveryAnswer } from '../answers.js';
import { action, actionOfEach, type Cli } from '../cli.js';
import { curlFor } from '../curl.js';
import { EXIT, usage, type ExitStatus } from '../exit.js';
import { explanation } from '../explain.js';
import { count } from '../flags.js';
import type { Column } from '../output/table.js';
import { duration, printable } from '../output/text.js';
import { listDeliveries, type PageFlags, type WebhookPage } from '../pages.js';
import { rawPayload } from '../raw-payload.js';
import { logFlags, logQuery, type LogFlags } from './log-flags.js';
import { tailCommand } from './tail.js';

type ListFlags = LogFlags & PageFlags;

/** Names of webhooks by their ids. */
type Names = ReadonlyMap<string, string>;

async function namesFor(cli: Cli, deliveries: readonly DeliveryAnswer[]): Promise<Names> {
  if (deliveries.length === 0) return new Map();
  const { webhooks } = (await cli.api.get<WebhookPage>('/webhooks')).body;
  return new Map(webhooks.map(({ id, name }) => [id, name]));
}

/** Of a webhook that was deleted its id is left. */
const columns = (names: Names): readonly Column<DeliveryAnswer>[] => [
  ['STATUS', ({ status }) => status],
  ['EVENT', ({ event }) => event],
  ['WEBHOOK', ({ webhook_id: id }) => names.get(id) ?? id],
  ['TRIES', ({ attempts }) => attempts],
  ['ANSWER', ({ response_code: code, error_message: message }) => code ?? message],
  ['TOOK', ({ duration_ms: ms }) => (ms === null ? null : duration(ms))],
  ['NEXT', ({ next_retry_at: next }) => next],
  ['CREATED', ({ created_at: created }) => created],
  ['ID', ({ id }) => id],
];

async function list(cli: Cli, flags: ListFlags): Promise<void> {
  if (flags.failed === true && flags.status !== undefined) throw usage('Give --failed or --status, not both');
  const query = { ...logQuery(flags), payload: false };
  const answer = await listDeliveries(cli, query, flags);
  const { body: page } = answer;
  const names = cli.flags.json === true ? new Map<string, string>() : await namesFor(cli, page.deliveries);
  cli.answer(answer, () => cli.table(page.deliveries, columns(names)));
  if (page.next_cursor === null) return;
  const total = page.total_capped === true ? `more than ${page.total}` : page.total;
  cli.note(`${page.deliveries.length} of ${total}; see the others with --all`);
}

const path = (id: string, rest = ''): string => `/webhooks/deliveries/${encodeURIComponent(id)}${rest}`;

interface AttemptAnswer {
  readonly number: number;
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly response_code: number | null;
  readonly error_message: string | null;
}

const ATTEMPTS: readonly Column<AttemptAnswer>[] = [
  ['ATTEMPT', ({ number }) => number],
  ['AT', ({ started_at: at }) => at],
  ['TOOK', ({ duration_ms: ms }) => (ms === null ? null : duration(ms))],
  ['ANSWER', ({ response_code: code }) => code],
  ['WHY', ({ error_message: message }) => message],
];

interface GetFlags {
  readonly attempts?: boolean;
  readonly body?: boolean;
  readonly curl?: boolean;
}

async function get(cli: Cli, id: string, flags: GetFlags): Promise<void> {
  if (Object.keys(flags).filter((flag) => ['attempts', 'body', 'curl'].includes(flag)).length > 1)
    throw usage('Give one of --attempts, --body and --curl');
  if (flags.attempts === true) {
    const answer = await cli.api.get<{ attempts: AttemptAnswer[] }>(path(id, '/attempts'));
    cli.answer(answer, ({ attempts }) => cli.table(attempts, ATTEMPTS));
    return;
  }
  const answer = await cli.api.get<DeliveryAnswer>(path(id));
  const { body: delivery } = answer;
  if (flags.body === true) {
    cli.printRaw(rawPayload(answer.text));
    return;
  }
  if (flags.curl === true) {
    const command = await curlFor(cli, delivery, rawPayload(answer.text));
    if (cli.flags.json === true) cli.json({ command });
    else cli.printRaw(command);
    return;
  }
  cli.answer(answer, (record) =>
    Object.entries(record).map(([name, value]) => `${name}: ${value === null ? '–' : printable(value)}`),
  );
  if (delivery.status === 'failed' || delivery.status === 'retrying') cli.note(explanation(delivery));
}

/** One after the other: each is an attempt at once, and a receiver that was down should not get all at the same time. */
async function retry(cli: Cli, id: string): Promise<ExitStatus> {
  const call = { seconds: cli.attemptSeconds };
  const answer = await cli.api.call<DeliveryAnswer>('POST', path(id, '/retry'), call);
  const { body: delivery } = answer;
  cli.answer(answer, () => [`${delivery.id}  ${delivery.status}  ${delivery.response_code ?? '–'}`]);
  if (delivery.status === 'success') return EXIT.done;
  process.stderr.write(`${delivery.id}  ${explanation(delivery)}\n`);
  return EXIT.badOutcome;
}

/** `deliveries …` */
export function deliveriesCommand(): Command {
  const deliveries = new Command('deliveries');
  logFlags(deliveries.command('list'))
    .description('the log, newest first')
    .option('--until <time>')
    .option('--limit <n>', 'at most so many', count, 50)
    .option('--all', 'all of them')
    .action(action(list));
  deliveries
    .command('get <id>')
    .description('one delivery, whole')
    .option('--attempts', 'each of its attempts')
    .option('--body', 'the body that is sent, byte for byte')
    .option('--curl', 'the request as a command for curl')
    .action(actionOfEach(get));
  deliveries
    .command('retry <id...>')
    .description('send again, now; - reads ids from stdin; ends with 1 if one failed again')
    .action(actionOfEach(retry));
  deliveries.addCommand(tailCommand());
  return deliveries;
}
