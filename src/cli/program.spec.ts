import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { asksFor, createProgram } from './program.js';

/** What `--help` says of every command, which is what people see first. `UPDATE_GOLDEN=1` writes it anew. */
const GOLDEN = join(import.meta.dirname, '..', '..', 'test', 'support', 'command-line', 'help.txt');

/** As in a terminal of 80 columns. */
function helpOf(command: Command): string {
  let text = '';
  command
    .configureOutput({ writeOut: (more) => (text += more), getOutHelpWidth: () => 80 })
    .configureHelp({ ...command.configureHelp(), helpWidth: 80 });
  command.outputHelp();
  return text;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** A command and all below it. */
function withAll(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAll)];
}

describe('--help', () => {
  it('of each command is what it was', async () => {
    const all = withAll(await createProgram(() => true));
    const text = all.map((command) => `$ ${pathOf(command)} --help\n${helpOf(command)}`).join('\n');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('says the same whether the commands are loaded or not', async () => {
    const none = await createProgram(() => false);
    expect(helpOf(none)).toBe(helpOf(await createProgram(() => true)));
    expect(none.commands.map(({ options }) => options.length)).toEqual(none.commands.map(() => 0));
  });
});

describe('the command that is asked for', () => {
  it.each<[string, string]>([
    ['webhooks list --json', 'webhooks'],
    ['--json --url http://x webhooks list', 'webhooks'],
    ['--timeout 3 status --quiet', 'status'],
    ['help deliveries', 'deliveries'],
    ['events emit entity.created --data {} --wait', 'events'],
    ['receive 9000 --print body', 'receive'],
  ])('%s', async (line, name) => {
    const isWanted = asksFor(line.split(' '));
    const { commands } = await createProgram(() => false);
    expect(commands.map((command) => command.name()).filter(isWanted)).toEqual([name]);
  });

  it.each(['', '--help', '--version', '--timeout none status', '--nothing webhooks list', 'help'])(
    'none: %s',
    (line) => {
      const isWanted = asksFor(line.split(' ').filter((word) => word !== ''));
      expect(['webhooks', 'status', 'help'].filter((name) => isWanted(name))).toEqual([]);
    },
  );
});
