import { Command } from 'commander';
import type { WebhookAnswer } from '../answers.js';
import { action, type Cli } from '../cli.js';
import { CliError, EXIT, type ExitStatus } from '../exit.js';
import { duration, printable } from '../output/text.js';
import { listAll } from '../pages.js';
import { stateOf } from './webhooks.js';

interface Stats {
  readonly pending_deliveries: number;
  readonly active_webhooks: number;
  readonly oldest_due_at?: string | null;
}

/** `/info` where the service has it and the key may see it, else what its own description says. */
async function versionOf(cli: Cli): Promise<string> {
  try {
    const { body } = await cli.api.get('/info');
    return (body as { version?: string } | null)?.version ?? '?';
  } catch (error) {
    if (!(error instanceof CliError) || error.status !== EXIT.notFound) throw error;
    const { body } = await cli.api.ask('/openapi.json');
    return (body as { info?: { version?: string } } | null)?.info?.version ?? '?';
  }
}

const NEEDS_ATTENTION = new Set(['locked', 'disabled', 'open', 'failing']);

/** What is wrong with a webhook, in a line. */
function attention(webhook: WebhookAnswer): string {
  const { name, failing_since: since, consecutive_failures: failures, disabled_reason: reason } = webhook;
  const parts = [
    stateOf(webhook),
    ...(since === null ? [] : [`failing since ${since}, ${failures} in a row`]),
    ...(webhook.circuit === 'closed' ? [] : ['probes only']),
    ...(reason === null ? [] : [reason]),
    ...(webhook.missed_since === null ? [] : [`missed some since ${webhook.missed_since}`]),
  ];
  return `${printable(name)}  ${parts.map(printable).join(', ')}  ${webhook.id}`;
}

async function status(cli: Cli): Promise<ExitStatus> {
  const health = await cli.api.ask('/health/ready');
  const isReady = health.status === 200;
  const stats = isReady ? ((await cli.api.get('/webhooks/stats')).body as unknown as Stats) : undefined;
  const version = await versionOf(cli);
  const list = isReady ? await listAll(cli, '/webhooks', 'webhooks', {}, { all: true }) : undefined;
  const { webhooks } = (list?.body ?? { webhooks: [] }) as unknown as { webhooks: WebhookAnswer[] };
  const unwell = webhooks.filter(
    (webhook) => NEEDS_ATTENTION.has(stateOf(webhook)) || webhook.missed_since !== null,
  );
  const why = isReady ? null : ((health.body as { detail?: string } | null)?.detail ?? 'no reason given');
  if (cli.flags.json === true)
    cli.json({ ready: isReady, why, version, stats: stats ?? null, attention: unwell });
  else tell(cli, { isReady, why, version, stats, unwell });
  if (!isReady) return EXIT.unreachable;
  return unwell.length > 0 ? EXIT.badOutcome : EXIT.done;
}

interface State {
  readonly isReady: boolean;
  readonly why: string | null;
  readonly version: string;
  readonly stats: Stats | undefined;
  readonly unwell: readonly WebhookAnswer[];
}

function tell(cli: Cli, { isReady, why, version, stats, unwell }: State): void {
  const oldest = stats?.oldest_due_at ?? null;
  const words = [
    isReady ? cli.colour('green', 'ready') : cli.colour('red', `not ready: ${printable(why)}`),
    `v${printable(version)}`,
    ...(stats === undefined
      ? []
      : [
          `waiting ${stats.pending_deliveries}`,
          `oldest ${oldest === null ? '–' : duration(Math.max(0, Date.now() - Date.parse(oldest)))}`,
          `webhooks ${stats.active_webhooks} active, ${unwell.length} need attention`,
        ]),
  ];
  cli.print(words.join('  '));
  for (const webhook of unwell) cli.print(`${cli.colour('red', '✘')} ${attention(webhook)}`);
}

/** `status` */
export function statusCommand(): Command {
  return new Command('status')
    .description('whether all is well; ends with 1 if a webhook needs attention, with 6 if it is not ready')
    .action(action(status));
}
