import { createHash, randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { Command } from 'commander';
import { withData } from '../../common/json/with-data.js';
import { messageOf } from '../../common/caught.js';
import { hasEnded, type DeliveryAnswer, type Recorded } from '../answers.js';
import { action, actionOfEach, type Cli } from '../cli.js';
import { CliError, EXIT, usage, type ExitStatus } from '../exit.js';
import { explanation } from '../explain.js';
import { count } from '../flags.js';
import { printable } from '../output/text.js';
import { sendLines } from '../send-lines.js';
import { waitFor } from '../wait-for.js';

interface EmitFlags {
  readonly project?: string;
  readonly data?: string;
  readonly key?: string;
  readonly sample?: boolean;
  readonly wait?: boolean;
}

/** JSON from the argument, a file (`@file`) or stdin (`-`), kept as it is written. */
function dataText(cli: Cli, given: string): string {
  const text = given === '-' ? cli.read('-') : given.startsWith('@') ? cli.read(given.slice(1)) : given;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw usage(`--data is no JSON: ${messageOf(error)}`);
  }
}

interface EventTypeAnswer {
  readonly event: string;
  readonly description: string;
  readonly example?: unknown;
}

interface EventTypes {
  readonly events: EventTypeAnswer[];
}

async function eventTypes(cli: Cli): Promise<EventTypeAnswer[]> {
  return (await cli.api.get<EventTypes>('/webhooks/events')).body.events;
}

async function sampleOf(cli: Cli, type: string): Promise<string> {
  const known = (await eventTypes(cli)).find(({ event }) => event === type);
  if (known?.example === undefined)
    throw new CliError(EXIT.refused, `The service has no example of ${type}; give --data`);
  return JSON.stringify(known.example);
}

async function emit(cli: Cli, type: string, flags: EmitFlags): Promise<ExitStatus> {
  if (flags.sample === true && flags.data !== undefined) throw usage('Give --data or --sample, not both');
  const data = flags.sample === true ? await sampleOf(cli, type) : dataText(cli, flags.data ?? '{}');
  const event = { event: type, ...(flags.project === undefined ? {} : { project_id: flags.project }) };
  const key = flags.key ?? randomUUID();
  const answer = await cli.api
    .call<Recorded>('POST', '/events', {
      text: withData(event, data),
      headers: { 'idempotency-key': key },
    })
    .catch((error: unknown) => {
      if (!(error instanceof CliError) || error.status !== EXIT.unreachable) throw error;
      const again = `Whether it was stored is not known: repeat it with --key ${key}, which stores it once`;
      throw new CliError(error.status, `${error.message}\n${again}`);
    });
  const { body: recorded } = answer;
  if (flags.wait === true) return waitAndTell(cli, recorded);
  cli.answer(answer, () => [summary(recorded)]);
  return EXIT.done;
}

const summary = ({ event_id: id, delivery_ids: ids }: Recorded): string =>
  `${id}  ${ids.length} ${ids.length === 1 ? 'delivery' : 'deliveries'}`;

async function waitAndTell(cli: Cli, recorded: Recorded): Promise<ExitStatus> {
  const deliveries = await waitFor(cli, recorded.delivery_ids);
  const failed = deliveries.filter(({ status }) => status === 'failed');
  const arrived = deliveries.filter(({ status }) => status === 'success');
  const text = [`${arrived.length} arrived`, ...(failed.length > 0 ? [`${failed.length} failed`] : [])];
  if (cli.flags.json === true) cli.json({ ...recorded, deliveries });
  else cli.print([summary(recorded), ...text].join('  '));
  for (const delivery of failed) process.stderr.write(`${delivery.id}  ${explanation(delivery)}\n`);
  const waiting = deliveries.filter((delivery) => !hasEnded(delivery));
  if (waiting.length > 0)
    throw new CliError(EXIT.unreachable, `${waiting.length} still wait after ${cli.timeoutSeconds} s`);
  return failed.length > 0 ? EXIT.badOutcome : EXIT.done;
}

/**
 * Ids of what comes from a file, so that a repeat after a crash emits nothing twice: of the file, the line and what
 * stands there. What comes by a pipe has no name, so its ids are good for this run only.
 */
function idOf(file: string, key: string | undefined): (line: number, text: string) => string {
  const source = key ?? (file === '-' ? randomUUID() : realpathSync(file));
  return (line, text) =>
    `cli-${createHash('sha256').update(`${source}\n${line}\n${text}`).digest('hex').slice(0, 32)}`;
}

async function emitBatch(cli: Cli, file: string, flags: { fromLine: number; key?: string }): Promise<void> {
  if (file !== '-') cli.read(file).slice(0, 0);
  const sent = await sendLines(cli, file, idOf(file, flags.key), flags.fromLine);
  if (cli.flags.json === true) {
    cli.json(sent);
    return;
  }
  cli.print(`${sent.events} events  ${sent.deliveries} deliveries`);
}

interface Match {
  readonly would_receive: readonly { webhook_id: string; name: string }[];
  readonly would_receive_total: number;
  readonly would_not: readonly { webhook_id: string; name: string; reason: string }[];
  readonly would_not_total: number;
}

type ExplainFlags = Pick<EmitFlags, 'project' | 'data'>;

async function explain(cli: Cli, type: string, { project, data }: ExplainFlags): Promise<void> {
  const event = { event: type, project_id: project };
  // Data have no place in a URL, which proxies write down.
  const answer =
    data === undefined
      ? await cli.api.get<Match>('/webhooks/match', event)
      : await cli.api.call<Match>('POST', '/webhooks/match', {
          text: withData(event, dataText(cli, data)),
        });
  const { would_receive, would_receive_total, would_not, would_not_total } = answer.body;
  const hidden = would_receive_total - would_receive.length + would_not_total - would_not.length;
  cli.answer(answer, (match) => [
    ...match.would_receive.map(({ name, webhook_id: id }) => `✔ ${printable(name)}  ${id}`),
    ...match.would_not.map(({ name, webhook_id: id, reason }) => `– ${printable(name)}  ${id}  ${reason}`),
    ...(match.would_receive.length === 0 ? ['No webhook would get it'] : []),
  ]);
  if (hidden > 0)
    cli.note(`${hidden} more are not named: ${would_receive_total} would get it, ${would_not_total} not`);
}

interface EventAnswer {
  readonly deliveries: readonly DeliveryAnswer[];
  readonly [name: string]: unknown;
}

async function get(cli: Cli, id: string): Promise<void> {
  const answer = await cli.api.get<EventAnswer>(`/events/${encodeURIComponent(id)}`);
  cli.answer(answer, ({ deliveries, ...event }) => [
    ...Object.entries(event).map(([name, value]) => `${name}: ${printable(value)}`),
    ...deliveries.map(
      ({ id: delivery, status, webhook_id: webhook }) => `delivery: ${delivery}  ${status}  ${webhook}`,
    ),
  ]);
}

async function types(cli: Cli): Promise<void> {
  const answer = await cli.api.get<EventTypes>('/webhooks/events');
  cli.answer(answer, ({ events }) =>
    cli.table(events, [
      ['EVENT', ({ event }) => event],
      ['MEANING', ({ description }) => description],
    ]),
  );
}

function emitting(events: Command): void {
  events
    .command('emit <type>')
    .description('emit one event; it is on disk when the command ends')
    .option('--project <id>')
    .option('--data <json>', 'its data: JSON, @file, or - for stdin', undefined)
    .option('--sample', 'the data of the example in the catalogue')
    .option('--key <key>', 'idempotency key: a repeat with the same one emits nothing twice')
    .option('--wait', 'until all its deliveries have ended; ends with 1 if one failed')
    .action(action(emit));
  events
    .command('emit-batch <file>')
    .description('emit one event a line (NDJSON), 1000 a call; - = stdin')
    .option('--from-line <n>', 'go on from here', count, 1)
    .option('--key <key>', 'what the ids are made of instead of the name of the file')
    .action(action(emitBatch));
}

/** `events …` */
export function eventsCommand(): Command {
  const events = new Command('events');
  events.command('types').description('the event types').action(action(types));
  events
    .command('get <id>')
    .description('one event with its deliveries; the id is the webhook-id of a request')
    .action(actionOfEach(get));
  emitting(events);
  events
    .command('explain <type>')
    .description('which webhooks would get such an event, which not, and why; emits nothing')
    .option('--project <id>')
    .option('--data <json>', 'its data, for filters: JSON, @file, or - for stdin')
    .action(action(explain));
  return events;
}
