import { CommanderError } from 'commander';
import { CliError, EXIT } from './exit.js';
import { readerLeft } from './output/reader.js';
import { printableLines } from './output/text.js';
import { asksFor, createProgram } from './program.js';

/** Who reads the result may have enough of it (`| head`): that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(EXIT.badOutcome);
  if (!readerLeft()) process.exit(EXIT.done);
});
/** What is said besides the result may be lost; the command goes on. */
process.stderr.on('error', () => undefined);

/** @returns the exit status; what went wrong is told on stderr */
function statusOf(error: unknown): number {
  // Commander has said already what is wrong; asked for help it ends with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const isOurs = error instanceof CliError;
  process.stderr.write(`${printableLines(isOurs ? error.message : String(error))}\n`);
  return isOurs ? error.status : EXIT.badOutcome;
}

try {
  const program = await createProgram(asksFor(process.argv.slice(2)));
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}
