import type { IncomingHttpHeaders } from 'node:http';
import type { Cli } from './cli.js';
import { printable } from './output/text.js';

export type PrintMode = 'line' | 'headers' | 'body';
export const PRINT_MODES: readonly PrintMode[] = ['line', 'headers', 'body'];

/** One request that came, and what was answered. */
export interface Received {
  readonly at: Date;
  /** Why it is not authentic; undefined = it is, or there is no secret to tell by. */
  readonly forged: string | undefined;
  readonly type: string;
  readonly status: number;
  readonly tookMs: number;
  readonly attempt: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `2026-11-26T10:03:11.204Z ✔ entity.created 200 12ms attempt 1 evt 019ab8f1… {…}` */
export function lineOf(cli: Cli, received: Received): string {
  const { at, type, status, tookMs, attempt, id, forged, body } = received;
  const rest = `${type} ${status} ${Math.round(tookMs)}ms attempt ${attempt} evt ${id}`;
  if (forged !== undefined)
    return `${at.toISOString()} ${cli.colour('red', `✘ FORGED ${printable(rest)}: ${printable(forged)}`)}`;
  const mark = status < 300 ? cli.colour('green', '✔') : cli.colour('red', '✘');
  return `${at.toISOString()} ${mark} ${printable(`${rest} ${body}`)}`;
}

/** One JSON object a line with `--json`; else a line, or the headers or body alone. */
export function printReceived(cli: Cli, received: Received, mode: PrintMode): void {
  if (cli.flags.json === true) {
    const { at, tookMs, ...rest } = received;
    cli.json({ at: at.toISOString(), took_ms: Math.round(tookMs), ...rest });
    return;
  }
  if (mode === 'body') {
    cli.printRaw(received.body);
    return;
  }
  cli.print(lineOf(cli, received));
  if (mode === 'headers')
    for (const [name, value] of Object.entries(received.headers))
      cli.print(`  ${name}: ${printable(String(value))}`);
}
