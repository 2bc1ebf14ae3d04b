import { Command } from 'commander';
import type { Answer } from '../api.js';
import type { ActivityAnswer, DeliveryAnswer, WebhookAnswer } from '../answers.js';
import { action, actionOfEach, type Cli } from '../cli.js';
import { EXIT, usage } from '../exit.js';
import type { Column } from '../output/table.js';
import { printable } from '../output/text.js';
import { listWebhooks, secondsOf, timeFrom, type PageFlags } from '../pages.js';
import { explanation } from '../explain.js';
import { count } from '../flags.js';
import { bodyOf, webhookFlags, type WebhookFlags } from '../webhook-body.js';

/** What state a webhook is in, in one word. */
export function stateOf(webhook: WebhookAnswer): string {
  if (webhook.locked) return 'locked';
  if (webhook.disabled_reason !== null) return 'disabled';
  if (!webhook.active) return 'inactive';
  if (webhook.circuit !== 'closed') return 'open';
  return webhook.failing_since === null ? 'active' : 'failing';
}

/** What arrived and what failed in the last day, by webhook. */
type Days = ReadonlyMap<string, string>;

const DAY_MS = 24 * 3_600_000;

async function lastDay(cli: Cli): Promise<Days> {
  const since = new Date(Date.now() - DAY_MS).toISOString();
  const query = { group: 'webhook', since };
  const { body } = await cli.api.get<{ webhooks: ActivityAnswer[] }>('/webhooks/activity', query);
  return new Map(
    body.webhooks.map(({ webhook_id: id, succeeded, failed }) => [id, `${succeeded}/${failed}`]),
  );
}

const columns = (days: Days): readonly Column<WebhookAnswer>[] => [
  ['STATE', stateOf],
  ['NAME', ({ name }) => name],
  ['EVENTS', ({ events }) => events.join(',')],
  ['URL', ({ url }) => url],
  ['PROJECT', ({ project_id: project }) => project],
  ['24H', ({ id }) => days.get(id) ?? '0/0'],
  ['LAST', ({ last_triggered_at: last }) => last],
  ['ID', ({ id }) => id],
];

interface ListFlags extends PageFlags {
  readonly project?: string;
  readonly active?: boolean;
  readonly failing?: boolean;
}

async function list(cli: Cli, flags: ListFlags): Promise<void> {
  const query = { project_id: flags.project, active_only: flags.active };
  const all = flags.failing === true ? { all: true } : flags;
  const answer = await listWebhooks(cli, query, all);
  const { webhooks, ...rest } = answer.body;
  const failing = webhooks.filter((webhook) => !['active', 'inactive'].includes(stateOf(webhook)));
  const shown = flags.failing === true ? failing : webhooks;
  if (cli.flags.json === true && flags.failing === true) {
    cli.json({ ...rest, webhooks: shown, total: shown.length });
    return;
  }
  const days = cli.flags.json === true ? new Map<string, string>() : await lastDay(cli);
  cli.answer(answer, () => cli.table(shown, columns(days)));
  if (rest.next_cursor !== null && flags.failing !== true)
    cli.note(`${shown.length} of ${rest.total}; see the others with --all`);
}

/** A record, a line for each of its properties. */
const properties = (body: object): string[] =>
  Object.entries(body).map(([name, value]) => `${name}: ${value === null ? '–' : printable(value)}`);

/** A secret that was made is shown once: alone with `--quiet`, so that a script can keep it. */
function showWebhook(cli: Cli, answer: Answer<WebhookAnswer>): undefined {
  const { secret, id } = answer.body;
  if (cli.flags.json !== true && cli.flags.quiet === true) {
    cli.print(secret ?? id);
    return;
  }
  cli.answer(answer, properties);
  if (secret !== undefined) cli.note('The secret is shown this once: keep it now.');
}

async function create(
  cli: Cli,
  name: string,
  url: string,
  events: string[],
  flags: WebhookFlags,
): Promise<void> {
  const body = { ...bodyOf(cli, flags, true), name, url, events };
  showWebhook(cli, await cli.api.call('POST', '/webhooks', { body }));
}

const path = (id: string, rest = ''): string => `/webhooks/${encodeURIComponent(id)}${rest}`;

async function update(cli: Cli, id: string, flags: WebhookFlags): Promise<void> {
  const body = bodyOf(cli, flags, false);
  if (Object.keys(body).length === 0) throw usage('Nothing to change: give at least one flag, see --help');
  showWebhook(cli, await cli.api.call('PATCH', path(id), { body }));
}

async function setActive(cli: Cli, id: string, active: boolean): Promise<void> {
  showWebhook(cli, await cli.api.call('PATCH', path(id), { body: { active } }));
}

async function remove(cli: Cli, id: string): Promise<void> {
  const { name } = (await cli.api.get<WebhookAnswer>(path(id))).body;
  await cli.confirm(`Delete the webhook ${printable(name)} with its log?`);
  cli.answer(await cli.api.call('DELETE', path(id)), () => []);
  cli.note(`${printable(name)} is deleted`);
}

async function test(cli: Cli, id: string) {
  const call = { seconds: cli.attemptSeconds };
  const answer = await cli.api.call<DeliveryAnswer>('POST', path(id, '/test'), call);
  const { body: delivery } = answer;
  cli.answer(answer, () => [`${delivery.status}  ${delivery.response_code ?? '–'}  ${delivery.id}`]);
  if (delivery.status === 'success') return EXIT.done;
  process.stderr.write(`${explanation(delivery)}\n`);
  return EXIT.badOutcome;
}

async function rotate(cli: Cli, id: string, flags: { grace?: string; secretFile?: string }): Promise<void> {
  const secret = flags.secretFile === undefined ? undefined : cli.secret(flags.secretFile);
  const [, digits, unit = 's'] = /^(\d+)([smhd])?$/.exec(flags.grace ?? '1d') ?? [];
  if (digits === undefined)
    throw usage(`--grace ${flags.grace ?? ''} is no time; write it as 0, 90s, 12h or 1d`);
  const body = { grace_period_seconds: secondsOf(digits, unit), ...(secret === undefined ? {} : { secret }) };
  showWebhook(cli, await cli.api.call('POST', path(id, '/secret/rotate'), { body }));
}

interface RecoverFlags {
  readonly since?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
}

interface Recovery {
  readonly requeued: number;
  readonly would_requeue?: number;
}

interface Range {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** From when to when it is about: without a range the service takes what was missed since the last outage began. */
async function rangeInWords(cli: Cli, id: string, { since, until }: Range): Promise<string> {
  if (since !== undefined || until !== undefined) return `${since ?? 'the first'} … ${until ?? 'now'}`;
  const { missed_since: missed } = (await cli.api.get<WebhookAnswer>(path(id))).body;
  return missed === null ? 'nothing was missed' : `${missed} … now`;
}

async function recover(cli: Cli, id: string, { since, until, dryRun }: RecoverFlags): Promise<void> {
  const range = { since: timeFrom(since), until: timeFrom(until) };
  // Asked before: afterwards nothing is missed any more.
  const over = cli.flags.json === true ? '' : await rangeInWords(cli, id, range);
  const body = { ...range, dry_run: dryRun };
  const answer = await cli.api.call<Recovery>('POST', path(id, '/recover'), { body });
  cli.answer(answer, ({ requeued, would_requeue }) => [
    dryRun === true
      ? `${would_requeue ?? 0} would be sent again (${over})`
      : `${requeued} ${requeued === 1 ? 'is' : 'are'} sent again (${over})`,
  ]);
}

function reading(webhooks: Command): void {
  webhooks
    .command('list')
    .description('the webhooks, in short')
    .option('--project <id>', 'those of this project, and the global ones')
    .option('--active', 'only those that are switched on')
    .option('--failing', 'only those that need attention')
    .option('--limit <n>', 'at most so many', count, 50)
    .option('--all', 'all of them')
    .action(action(list));
  webhooks
    .command('get <id>')
    .description('one webhook, whole')
    .action(actionOfEach(async (cli: Cli, id: string) => showWebhook(cli, await cli.api.get(path(id)))));
}

function changing(webhooks: Command): void {
  webhookFlags(webhooks.command('create <name> <url> <event...>'), true)
    .description('create a webhook; with --quiet the secret that was made is all that is printed')
    .action(action(create));
  webhookFlags(webhooks.command('update <id>'), false)
    .option('--name <name>')
    .option('--to <url>', 'the URL')
    .option('--event <type...>', 'the events; they replace those it has')
    .description('change what is given, leave the rest')
    .action(actionOfEach(update));
  webhooks
    .command('enable <id>')
    .description('switch it on')
    .action(actionOfEach((cli: Cli, id: string) => setActive(cli, id, true)));
  webhooks
    .command('disable <id>')
    .description('switch it off; what waits for it ends as failed')
    .action(actionOfEach((cli: Cli, id: string) => setActive(cli, id, false)));
  webhooks
    .command('delete <id>')
    .description('delete it (asks; without a terminal it needs --yes)')
    .action(actionOfEach(remove));
}

/** `webhooks …` */
export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks');
  reading(webhooks);
  changing(webhooks);
  webhooks
    .command('test <id>')
    .option('--wait', 'it always waits for the answer; kept for scripts')
    .description('one attempt with a test event; ends with 0 only if it arrived')
    .action(actionOfEach(test));
  webhooks
    .command('rotate <id>')
    .description('sign with another secret')
    .option('--grace <time>', 'how long the former secret signs along', '1d')
    .option('--secret-file <file>', 'the new secret; without, one is made and printed')
    .action(actionOfEach(rotate));
  webhooks
    .command('recover <id>')
    .description('send again what it missed')
    .option('--since <time>', 'RFC 3339, or ago: 30m, 12h, 7d')
    .option('--until <time>')
    .option('--dry-run', 'only count')
    .action(actionOfEach(recover));
  return webhooks;
}
