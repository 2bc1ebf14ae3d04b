import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { codeOf } from '../common/caught.js';
import { Api, type Answer, type Json } from './api.js';
import { CliError, EXIT, usage, type ExitStatus } from './exit.js';
import { DEFAULT_TIMEOUT_SECONDS } from './flags.js';
import { table, type Column } from './output/table.js';
import { coloured, printable, printableLines, type Colour } from './output/text.js';
import { connectionOf, type Environment, type GlobalFlags } from './settings.js';

/** The throttle may hold an attempt back, and the receiver may take its time. */
const ATTEMPT_SECONDS = 120;

/** The first bytes of `-` or of a file, as text. */
function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    // Standard input may be closed.
    if (file === '-') return '';
    throw usage(
      `${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown')}`,
    );
  }
}

/** What a command works with: the service, and the terminal or pipe that it writes to. */
export class Cli {
  private opened: Api | undefined;

  constructor(
    readonly flags: GlobalFlags,
    readonly env: Environment = process.env,
  ) {}

  get api(): Api {
    this.opened ??= new Api(connectionOf(this.flags, this.env, readText), this.timeoutSeconds);
    return this.opened;
  }

  get timeoutSeconds(): number {
    return this.flags.timeout ?? DEFAULT_TIMEOUT_SECONDS;
  }

  /** For an answer that comes when a receiver has answered, or has not for `DELIVERY_TIMEOUT_SECONDS`. */
  get attemptSeconds(): number {
    return this.flags.timeout ?? ATTEMPT_SECONDS;
  }

  get isForPeople(): boolean {
    return process.stdout.isTTY;
  }

  /** The result. */
  print(line: string): undefined {
    process.stdout.write(`${line}\n`);
  }

  /** What is said besides the result: to stderr, and not at all with `--quiet`. */
  note(line: string): undefined {
    if (this.flags.quiet !== true) process.stderr.write(`${line}\n`);
  }

  /** A text of others: byte for byte for programs; a terminal gets nothing that it would obey. */
  printRaw(text: string): undefined {
    this.print(this.isForPeople ? printableLines(text) : text);
  }

  /** The answer of the API as it is with `--json`, else what is made of it for people. */
  answer<Body>(answer: Answer<Body>, lines: (body: Body) => readonly string[]): undefined {
    if (this.flags.json === true) {
      this.printRaw(answer.text || 'null');
      return;
    }
    for (const line of lines(answer.body)) this.print(line);
  }

  /** One JSON document, where a command puts several answers together. */
  json(value: Json | object): undefined {
    this.printRaw(JSON.stringify(value));
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
    return table(rows, columns, this.isForPeople);
  }

  colour(colour: Colour, text: string): string {
    const isColoured = this.isForPeople && this.flags.color !== false && !this.env['NO_COLOR'];
    return isColoured ? coloured(colour, text) : text;
  }

  /** A file, or `-` for stdin. */
  read(file: string): string {
    return readText(file);
  }

  /** A secret stands in a file or in the environment, never among the arguments, which `ps` shows. */
  secret(file: string | undefined): string | undefined {
    const text =
      file === undefined ? this.env['BASSET_WEBHOOKS_SECRET'] : readText(file).replace(/\r?\n$/, '');
    if (text === '') throw usage(`${file ?? 'BASSET_WEBHOOKS_SECRET'} holds no secret`);
    return text;
  }

  /** Asks before what cannot be undone; without a terminal only `--yes` will do. */
  async confirm(question: string): Promise<void> {
    if (this.flags.yes === true) return;
    if (!process.stdin.isTTY) throw usage(`${question} Repeat with --yes`);
    const { createInterface } = await import('node:readline/promises');
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const said = await terminal.question(`${question} [y/N] `);
    terminal.close();
    if (!/^y(es)?$/i.test(said)) throw new CliError(EXIT.badOutcome, 'Nothing was done');
  }
}

type Work<Args extends unknown[]> = (cli: Cli, ...args: Args) => Promise<unknown>;

/** An action of commander: its arguments, then its flags; what it returns is the exit status. */
export function action<Args extends unknown[]>(work: Work<Args>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.pop() as Command;
    const cli = new Cli(command.optsWithGlobals());
    const status = await work(cli, ...(given as Args));
    process.exitCode = typeof status === 'number' ? status : EXIT.done;
  };
}

/** Ids among the arguments; `-` stands for those on stdin, one a line. */
function idsFrom(cli: Cli, given: readonly string[]): string[] {
  const ids = given.flatMap((id) => (id === '-' ? cli.read('-').split(/\s+/) : [id]));
  return [...new Set(ids.filter((id) => id !== ''))];
}

/** One refused among several stops none of the others: it may have been dealt with since somebody listed them. */
function toldApart(id: string, error: unknown): ExitStatus {
  const isOfOne =
    error instanceof CliError && [EXIT.notFound, EXIT.refused].some((status) => status === error.status);
  if (!isOfOne) throw error;
  process.stderr.write(`${printable(id)}  ${printableLines(error.message)}\n`);
  return EXIT.badOutcome;
}

type OfOne<Rest extends unknown[]> = (cli: Cli, id: string, ...rest: Rest) => Promise<unknown>;

/** An action for one id, or for several; `-` reads them from stdin. It ends badly if one of them does. */
export function actionOfEach<Rest extends unknown[]>(work: OfOne<Rest>) {
  return action(async (cli: Cli, given: string | string[], ...rest: Rest) => {
    const list = [given].flat();
    const ids = idsFrom(cli, list);
    if (ids.length === 0) cli.note('No ids were given: nothing was done');
    const isAlone = list.length === 1 && list[0] !== '-';
    let worst: ExitStatus = EXIT.done;
    for (const id of ids) {
      const status = await work(cli, id, ...rest).catch((error: unknown) => {
        if (isAlone) throw error;
        return toldApart(id, error);
      });
      if (typeof status === 'number' && status !== EXIT.done) worst = EXIT.badOutcome;
    }
    return worst;
  });
}
