import { Command } from 'commander';
import type { WebhookAnswer } from '../answers.js';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT, type ExitStatus } from '../exit.js';
import { duration, printable } from '../output/text.js';
import { listWebhooks, type DeliveryPage } from '../pages.js';
import { stateOf } from './webhooks.js';

interface Stats {
  readonly pending_deliveries: number;
  readonly active_webhooks: number;
  readonly oldest_due_at?: string | null;
}

interface Info {
  readonly version?: string;
  readonly limits?: { readonly disable_after_days: number };
}

/** `/info` where the service has it and the key may see it, else what its own description says. */
async function infoOf(cli: Cli): Promise<Info> {
  try {
    return (await cli.api.get<Info>('/info')).body;
  } catch (error) {
    if (!(error instanceof CliError) || error.status !== EXIT.notFound) throw error;
    const { body } = await cli.api.ask<{ info?: Info }>('/openapi.json');
    return body?.info ?? {};
  }
}

const NEEDS_ATTENTION = new Set(['locked', 'disabled', 'open', 'failing']);

const isFailing = (webhook: WebhookAnswer): boolean => ['failing', 'open'].includes(stateOf(webhook));

/** Webhooks whose last reason is asked for: a call for each. */
const MOST_EXPLAINED = 10;

/** Why the last delivery of a webhook failed, by its id. */
type Reasons = ReadonlyMap<string, string>;

async function lastReason(cli: Cli, id: string): Promise<string> {
  const query = { webhook_id: id, status: 'failed', limit: 1, payload: false };
  const { body } = await cli.api.get<DeliveryPage>('/webhooks/deliveries', query);
  const [last] = body.deliveries;
  return last?.error_message ?? '';
}

async function reasonsOf(cli: Cli, unwell: readonly WebhookAnswer[]): Promise<Reasons> {
  const those = unwell.filter(isFailing).slice(0, MOST_EXPLAINED);
  return new Map(await Promise.all(those.map(async ({ id }) => [id, await lastReason(cli, id)] as const)));
}

const DAY_MS = 24 * 3_600_000;

/** When the service switches a webhook off that goes on failing; undefined = it does not. */
function switchedOffAt({ failing_since: since }: WebhookAnswer, { limits }: Info): string | undefined {
  const days = limits?.disable_after_days ?? 0;
  if (since === null || days <= 0) return undefined;
  return new Date(Date.parse(since) + days * DAY_MS).toISOString();
}

/** What is wrong with a webhook, in a line. */
function attention(webhook: WebhookAnswer, why: string | undefined, offAt: string | undefined): string {
  const { name, failing_since: since, consecutive_failures: failures, disabled_reason: reason } = webhook;
  const isOnlyFailing = since !== null && isFailing(webhook);
  const parts = [
    ...(isOnlyFailing ? [] : [stateOf(webhook)]),
    ...(since === null ? [] : [`failing since ${since}, ${failures} in a row`]),
    ...(webhook.circuit === 'closed' ? [] : ['probes only']),
    ...(why ? [why] : []),
    ...(isOnlyFailing && offAt !== undefined ? [`switched off at ${offAt} if nothing succeeds`] : []),
    ...(reason === null ? [] : [reason]),
    ...(webhook.missed_since === null ? [] : [`missed some since ${webhook.missed_since}`]),
  ];
  return `${printable(name)}  ${parts.map(printable).join(', ')}  ${webhook.id}`;
}

async function status(cli: Cli): Promise<ExitStatus> {
  const health = await cli.api.ask<Health>('/health/ready');
  const isReady = health.status === 200;
  const stats = isReady ? (await cli.api.get<Stats>('/webhooks/stats')).body : undefined;
  const info = await infoOf(cli);
  const version = info.version ?? '?';
  const list = isReady ? await listWebhooks(cli, {}, { all: true }) : undefined;
  const unwell = (list?.body.webhooks ?? []).filter(
    (webhook) => NEEDS_ATTENTION.has(stateOf(webhook)) || webhook.missed_since !== null,
  );
  const why = isReady ? null : (health.body?.detail ?? 'no reason given');
  if (cli.flags.json === true)
    cli.json({ ready: isReady, why, version, stats: stats ?? null, attention: unwell });
  else {
    const neo4j = health.status === 200 || isUp(health.body) ? 'up' : 'down';
    tell(cli, { isReady, why, version, neo4j, stats, unwell: unwell.length });
    const reasons = await reasonsOf(cli, unwell);
    for (const webhook of unwell)
      cli.print(
        `${cli.colour('red', '✘')} ${attention(webhook, reasons.get(webhook.id), switchedOffAt(webhook, info))}`,
      );
  }
  if (!isReady) return EXIT.unreachable;
  return unwell.length > 0 ? EXIT.badOutcome : EXIT.done;
}

interface Health {
  readonly detail?: string;
  readonly details?: { readonly neo4j?: { readonly status?: string } };
}

const isUp = (health: Health | null): boolean => health?.details?.neo4j?.status === 'up';

interface State {
  readonly isReady: boolean;
  readonly why: string | null;
  readonly version: string;
  readonly neo4j: 'up' | 'down';
  readonly stats: Stats | undefined;
  readonly unwell: number;
}

function tell(cli: Cli, { isReady, why, version, neo4j, stats, unwell }: State): void {
  const oldest = stats?.oldest_due_at ?? null;
  const words = [
    isReady ? cli.colour('green', 'ready') : cli.colour('red', `not ready: ${printable(why)}`),
    `v${printable(version)}`,
    `neo4j ${neo4j}`,
    ...(stats === undefined
      ? []
      : [
          `waiting ${stats.pending_deliveries}`,
          `oldest ${oldest === null ? '–' : duration(Math.max(0, Date.now() - Date.parse(oldest)))}`,
          `webhooks ${stats.active_webhooks} active, ${unwell} need${unwell === 1 ? 's' : ''} attention`,
        ]),
  ];
  cli.print(words.join('  '));
}

/** `status` */
export function statusCommand(): Command {
  return new Command('status').action(action(status));
}
