import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { isMap } from '../../common/json/is-map.js';
import { Api } from '../api.js';
import type { WebhookAnswer } from '../answers.js';
import { action, type Cli } from '../cli.js';
import { EXIT, usage, type ExitStatus } from '../exit.js';
import { printable } from '../output/text.js';
import { listWebhooks, type WebhookPage } from '../pages.js';
import { serviceUrl } from '../settings.js';
import { definitionsIn, exported, type Definition } from '../transfer/definition.js';
import { importAll, surplus, type Imported } from '../transfer/import.js';

interface ImportFlags {
  readonly from?: string;
  readonly fromKeyFile?: string;
  readonly file?: string;
  readonly secrets?: string;
  readonly map?: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly overwriteHeaders?: boolean;
}

function json(cli: Cli, file: string): unknown {
  try {
    return JSON.parse(cli.read(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usage(`${file} is no JSON: ${error.message}`);
  }
}

async function all(cli: Cli, api?: Api): Promise<WebhookAnswer[]> {
  const answer = api ? await api.get<WebhookPage>('/webhooks') : await listWebhooks(cli, {}, { all: true });
  return [...answer.body.webhooks];
}

async function definitions(cli: Cli, flags: ImportFlags): Promise<Definition[]> {
  if ((flags.from === undefined) === (flags.file === undefined)) throw usage('Give either --from or --file');
  if (flags.file !== undefined) return definitionsIn(json(cli, flags.file), flags.file);
  const url = serviceUrl(flags.from ?? '');
  const apiKey = flags.fromKeyFile === undefined ? undefined : cli.read(flags.fromKeyFile).trim();
  const { body } = await new Api({ url, apiKey }, cli.timeoutSeconds).get('/webhooks');
  return definitionsIn(body, url);
}

const isTextMap = (value: unknown): value is Record<string, string> =>
  isMap(value) && Object.values(value).every((text) => typeof text === 'string');

function secretsFrom(cli: Cli, file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  const secrets = json(cli, file);
  if (isTextMap(secrets)) return secrets;
  throw usage(`${file} must be a JSON object: the id or name of a webhook, and its secret`);
}

async function prune(cli: Cli, gone: readonly WebhookAnswer[], dryRun: boolean): Promise<Imported[]> {
  if (gone.length === 0) return [];
  const names = gone.map(({ name }) => printable(name)).join(', ');
  if (!dryRun) await cli.confirm(`Delete ${gone.length} that are not in the source (${names})?`);
  for (const { id } of gone) if (!dryRun) await cli.api.call('DELETE', `/webhooks/${encodeURIComponent(id)}`);
  return gone.map(({ id, name, project_id: project }) => ({
    result: 'deleted',
    id,
    name,
    project_id: project,
  }));
}

function tell(cli: Cli, results: readonly Imported[]): void {
  for (const { result, name, id, note, secret } of results) {
    const parts = [result, printable(name), id, note === undefined ? undefined : printable(note)];
    cli.print(
      [
        ...parts.filter((part) => part !== undefined),
        ...(secret === undefined ? [] : [`secret ${secret}`]),
      ].join('  '),
    );
  }
  const counts = (['created', 'changed', 'same', 'refused', 'deleted'] as const).map(
    (result) => `${result} ${results.filter((one) => one.result === result).length}`,
  );
  cli.note(counts.join('  '));
  if (results.some(({ secret }) => secret !== undefined))
    cli.note('Secrets that were made are shown this once: give them to the receivers.');
}

async function importWebhooks(cli: Cli, flags: ImportFlags): Promise<ExitStatus> {
  const { dryRun = false, overwriteHeaders = false } = flags;
  const wanted = await definitions(cli, flags);
  const secrets = secretsFrom(cli, flags.secrets);
  const existing = await all(cli);
  const imported = await importAll(cli, wanted, existing, { dryRun, overwriteHeaders, secrets });
  const deleted = flags.prune === true ? await prune(cli, surplus(wanted, existing), dryRun) : [];
  const results = [...imported, ...deleted];
  const known = imported.filter(({ from, id }) => from !== undefined && id !== undefined);
  if (flags.map !== undefined) {
    const map = Object.fromEntries(known.map(({ from, id }) => [from, id])) as object;
    writeFileSync(flags.map, `${JSON.stringify(map, null, 2)}\n`);
  }
  if (cli.flags.json === true) cli.json({ dry_run: dryRun, webhooks: results });
  else tell(cli, results);
  return results.some(({ result }) => result === 'refused') ? EXIT.badOutcome : EXIT.done;
}

async function exportWebhooks(cli: Cli, file: string | undefined): Promise<void> {
  const webhooks = (await all(cli)).map(exported);
  const text = JSON.stringify({ webhooks }, null, 2);
  if (file === undefined || file === '-') {
    cli.print(text);
    return;
  }
  writeFileSync(file, `${text}\n`);
  if (cli.flags.json === true) cli.json({ file, webhooks: webhooks.length });
  cli.note(`${webhooks.length} webhooks; secrets and credentials are not in it`);
}

/** `import` */
export function importCommand(): Command {
  return new Command('import')
    .option('--from <url>', 'a service, also the Python one: http://host:8000/api/v1')
    .option('--from-key-file <file>', 'its API key')
    .option('--file <file>', 'what export has written; - = stdin')
    .option(
      '--secrets <file>',
      'secrets as a JSON object, by id or name; without, new ones are made and shown',
    )
    .option('--map <file>', 'write here which id became which')
    .option('--overwrite-headers', 'also where the value that is there is hidden')
    .option('--prune', 'delete what is not in the source (asks; without a terminal it needs --yes)')
    .option('--dry-run', 'only say what would be done')
    .action(action(importWebhooks));
}

/** `export` */
export function exportCommand(): Command {
  return new Command('export').argument('[file]', 'stdout without').action(action(exportWebhooks));
}
