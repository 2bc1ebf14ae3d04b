import { Command } from 'commander';

/** `serve`: the service itself; everything else is loaded without Nest and the driver. */
export function serveCommand(): Command {
  return new Command('serve').action(async () => {
    await import('../../main.js');
  });
}
