import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMap } from '../common/json/is-map.js';
import type { Recorded } from './answers.js';
import type { Cli } from './cli.js';
import { CliError, EXIT } from './exit.js';

const MOST_EVENTS = 1000;
/** Half of what `MAX_BATCH_BYTES` is by default. */
const MOST_BYTES = 2 ** 23;
/** How often a batch is sent again while the service is away, and the pauses between, ms. */
const PAUSES = [500, 1000, 2000, 4000, 8000];

interface Line {
  readonly number: number;
  readonly text: string;
}

/** One event as it is sent: as it is written, with an id unless it has one. */
function withId({ number, text }: Line, idOf: (line: number, text: string) => string): string {
  const event = parse(text);
  if (event === undefined)
    throw new CliError(EXIT.refused, `Line ${number} is no JSON object; go on with --from-line ${number}`);
  if ('id' in event) return text;
  const rest = text.trim().slice(1);
  return `{"id":${JSON.stringify(idOf(number, text))}${Object.keys(event).length === 0 ? '' : ','}${rest}`;
}

function parse(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Batches of lines, none empty. */
async function* batches(file: string, fromLine: number): AsyncGenerator<Line[]> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let batch: Line[] = [];
  let bytes = 0;
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (number < fromLine || text.trim() === '') continue;
    if (batch.length === MOST_EVENTS || (batch.length > 0 && bytes + text.length > MOST_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push({ number, text });
    bytes += text.length;
  }
  if (batch.length > 0) yield batch;
}

/** A refusal names the index in the batch; people look for the line. */
function byLine(error: unknown, batch: readonly Line[]): unknown {
  if (!(error instanceof CliError)) return error;
  const [{ number: first } = { number: 1 }] = batch;
  const said = error.message.replace(/events[.[](\d+)\]?/g, (all, index: string) => {
    const line = batch[Number(index)];
    return line ? `line ${line.number}` : all;
  });
  return new CliError(
    error.status,
    `${said}\nStored is what stands before line ${first}: go on with --from-line ${first}`,
  );
}

async function sendBatch(cli: Cli, text: string): Promise<Recorded[]> {
  const send = async (): Promise<Recorded[]> =>
    (await cli.api.call<{ events: Recorded[] }>('POST', '/events/batch', { text })).body.events;
  for (const pause of PAUSES) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof CliError) || error.status !== EXIT.unreachable) throw error;
      cli.note(`${error.message}; again in ${pause / 1000} s`);
      await sleep(pause);
    }
  }
  return send();
}

/**
 * Emits the lines of a file, batch by batch. Each has an id, so that a batch whose answer was lost is sent again
 * without emitting anything twice.
 */
export async function sendLines(
  cli: Cli,
  file: string,
  idOf: (line: number, text: string) => string,
  fromLine: number,
): Promise<{ events: number; deliveries: number }> {
  const sent = { events: 0, deliveries: 0 };
  for await (const batch of batches(file, fromLine)) {
    const text = `{"events":[${batch.map((line) => withId(line, idOf)).join(',')}]}`;
    const recorded = await sendBatch(cli, text).catch((error: unknown) => {
      throw byLine(error, batch);
    });
    sent.events += recorded.length;
    sent.deliveries += recorded.reduce((sum, { delivery_ids: ids }) => sum + ids.length, 0);
    cli.note(`${sent.events} events, up to line ${batch.at(-1)?.number ?? 0}`);
  }
  return sent;
}
