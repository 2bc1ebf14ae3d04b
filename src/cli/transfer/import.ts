import type { WebhookAnswer } from '../answers.js';
import type { Cli } from '../cli.js';
import { CliError, EXIT } from '../exit.js';
import { difference, keysOf, settingsOf, type Definition } from './definition.js';

export interface ImportOptions {
  readonly dryRun: boolean;
  readonly overwriteHeaders: boolean;
  /** Secrets by the id or the name of a webhook: a service never tells them. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What became of one definition. */
export interface Imported {
  readonly result: 'created' | 'changed' | 'same' | 'refused' | 'deleted';
  readonly name: string;
  readonly project_id: string | null;
  /** Where it came from, and here. */
  readonly from?: string;
  readonly id?: string;
  /** Shown this once: it was made here. */
  readonly secret?: string;
  readonly note?: string;
}

function secretFor(definition: Definition, { secrets }: ImportOptions): object {
  const secret = secrets[definition.id ?? ''] ?? secrets[definition.name];
  if (secret !== undefined) return { secret };
  return definition.has_secret === false ? {} : { generate_secret: true };
}

/** What the Python service kept to itself. */
const noteOf = ({ retry_config: retry }: Definition): string | undefined =>
  retry && !('backoff_multiplier' in retry) ? 'backoff_multiplier is not told: 2' : undefined;

const WAY_OUT = 'to call it, list its network in ALLOWED_NETWORKS of the service and import again';

/** What the service refuses is listed and the rest goes on; that it cannot be asked at all ends the import. */
function refusal(error: unknown): string {
  if (!(error instanceof CliError) || error.status !== EXIT.refused) throw error;
  const said = error.message.replace(/\n\s*/g, '; ');
  return /public|ALLOWED_NETWORKS/.test(said) ? `${said}; ${WAY_OUT}` : said;
}

class Importer {
  constructor(
    private readonly cli: Cli,
    private readonly options: ImportOptions,
  ) {}

  async take(definition: Definition, there: WebhookAnswer | undefined): Promise<Imported> {
    const { name, project_id: project = null, id: from } = definition;
    const common = { name, project_id: project, ...(from === undefined ? {} : { from }) };
    try {
      return { ...common, ...(there ? await this.change(definition, there) : await this.create(definition)) };
    } catch (error) {
      return { ...common, result: 'refused', note: refusal(error) };
    }
  }

  private async create(definition: Definition): Promise<Omit<Imported, 'name' | 'project_id'>> {
    const note = noteOf(definition);
    const said = note === undefined ? {} : { note };
    if (this.options.dryRun) return { result: 'created', ...said };
    const { name, project_id: project = null } = definition;
    const body = {
      name,
      project_id: project,
      ...settingsOf(definition),
      ...secretFor(definition, this.options),
    };
    const { body: answer } = await this.cli.api.call<WebhookAnswer>('POST', '/webhooks', { body });
    return {
      result: 'created',
      id: answer.id,
      ...(answer.secret === undefined ? {} : { secret: answer.secret }),
      ...said,
    };
  }

  private async change(
    definition: Definition,
    there: WebhookAnswer,
  ): Promise<Omit<Imported, 'name' | 'project_id'>> {
    const { overwriteHeaders, dryRun } = this.options;
    const body = difference(settingsOf(definition), { ...there }, overwriteHeaders);
    const { id } = there;
    const changed = Object.keys(body);
    if (changed.length === 0) return { result: 'same', id };
    if (!dryRun) await this.cli.api.call('PATCH', `/webhooks/${encodeURIComponent(id)}`, { body });
    return { result: 'changed', id, note: changed.join(', ') };
  }
}

/** Creates what is missing and changes what differs; deletes nothing. One after the other, in their order. */
export async function importAll(
  cli: Cli,
  definitions: readonly Definition[],
  existing: readonly WebhookAnswer[],
  options: ImportOptions,
): Promise<Imported[]> {
  const importer = new Importer(cli, options);
  const there = keysOf(existing);
  const results: Imported[] = [];
  for (const [key, definition] of keysOf(definitions)) {
    results.push(await importer.take(definition, there.get(key)));
    if (results.length % 50 === 0) cli.note(`${results.length} of ${definitions.length}`);
  }
  return results;
}

/** What is here and in no definition. */
export function surplus(
  definitions: readonly Definition[],
  existing: readonly WebhookAnswer[],
): WebhookAnswer[] {
  const wanted = keysOf(definitions);
  return [...keysOf(existing)].filter(([key]) => !wanted.has(key)).map(([, webhook]) => webhook);
}
