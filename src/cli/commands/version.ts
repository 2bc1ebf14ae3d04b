import { Command } from 'commander';
import { VERSION } from '../../common/version.js';
import { action, type Cli } from '../cli.js';

/** `version` */
export function versionCommand(): Command {
  return new Command('version').action(
    action(async (cli: Cli) => {
      if (cli.flags.json === true) cli.json({ version: VERSION, node: process.versions.node });
      else cli.print(VERSION);
    }),
  );
}
