import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';
import { CommandLine } from '../support/command.js';
import { freePort } from '../support/free-port.js';
import { Receiver } from '../support/receiver.js';

// Each command is a process.
jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '..', '..');

let directory: string;
let cli: CommandLine;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-alone-'));
  cli = new CommandLine({ HOME: directory });
});
afterAll(async () => {
  await cli.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

/** Each command that does something, with a word for each argument that it wants. */
function leavesOf({ commands, registeredArguments }: Command): string[][] {
  if (commands.length === 0)
    return [
      registeredArguments.filter(({ required }) => required).map(({ argChoices }) => argChoices?.[0] ?? 'x'),
    ];
  return commands.flatMap((child) => leavesOf(child).map((rest) => [child.name(), ...rest]));
}

describe('the command line, without a service', () => {
  const COMMANDS =
    'serve login logout status webhooks events deliveries receive listen forward import export sign verify completion version'.split(
      ' ',
    );

  it('helps, from a copy that has neither Nest nor the driver', () => {
    const copy = join(directory, 'copy');
    mkdirSync(join(copy, 'node_modules'), { recursive: true });
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', 'commander'), join(copy, 'node_modules', 'commander'));
    const env = { PATH: process.env['PATH'] };
    const help = execFileSync(join(copy, 'bin', 'basset-webhooks'), ['--help'], { env, encoding: 'utf8' });
    for (const command of COMMANDS) expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(help).toContain('Exit status: 0 done; 1 done, but the outcome is bad; 2 usage');
    // What is not asked for is not loaded: --help needs none of the commands, and each only itself.
    const commands = join(copy, 'dist', 'cli', 'commands');
    for (const name of readdirSync(commands)) if (!name.startsWith('version.')) rmSync(join(commands, name));
    expect(execFileSync(join(copy, 'bin', 'basset-webhooks'), ['--help'], { env, encoding: 'utf8' })).toBe(
      help,
    );
    expect(execFileSync(join(copy, 'bin', 'basset-webhooks'), ['version'], { env, encoding: 'utf8' })).toBe(
      `${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version}\n`,
    );
  });

  it.each<[string[], number]>([
    [[], 2],
    [['webhooks'], 2],
    [['nothing'], 2],
    [['webhooks', 'get'], 2],
    [['receive', '70000'], 2],
    [['completion', 'tcsh'], 2],
    [['verify', '/nowhere'], 2],
    [['help'], 0],
    [['events', 'emit', '--help'], 0],
  ])('%j ends with %d, and what is wrong is not on stdout', async (args, code) => {
    const { status: ended, stdout, stderr } = await cli.run(args);
    expect([ended, code === 0 ? stderr : stdout]).toEqual([code, '']);
  });

  it.each<[string[], RegExp]>([
    [['webhooks', 'update', 'x'], /Nothing to change/],
    [['events', 'emit', 'entity.created', '--data', '{'], /--data is no JSON/],
    [['status', '--url', 'nowhere'], /nowhere is no URL/],
  ])('%j is a mistake of usage', async (args, sentence) => {
    const { status, stdout, stderr } = await cli.run([...args, '--json']);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(sentence)]);
  });

  it('names with --help all that a command takes, also what every command takes', async () => {
    const help = await cli.succeed(['webhooks', 'list', '--help']);
    for (const flag of ['--project <id>', '--failing', '--json', '--api-key-file <file>', '--timeout <s>'])
      expect(help).toContain(flag);
  });

  it('ends whatever it was asked for, without a terminal, without stdin and without a service', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const leaves = leavesOf(await createProgram(() => true)).filter(
      ([name]) => name !== 'serve' && name !== 'receive',
    );
    expect(leaves.length).toBeGreaterThan(25);
    const told: Record<string, unknown> = {};
    for (const args of leaves) {
      const running = cli.start([...args, '--url', url, '--timeout', '5'], {}, 'ignore');
      const { status, stdout, stderr } = await running.ended();
      const isPlain = status === 0 || (stdout === '' && /^[^\n]+\n(?:[^\n]+\n)?$/.test(stderr));
      if (![0, 2, 6].includes(status ?? -1) || !isPlain) told[args.join(' ')] = { status, stdout, stderr };
    }
    expect(told).toEqual({});
  });

  it.each([[['events', '--help']], [['completion', 'bash']], [['version']]])(
    'does not mind that nobody reads: %j',
    async (args) => {
      const running = cli.start(args);
      running.child.stdout!.destroy();
      const { status, stderr } = await running.ended();
      expect([status, stderr]).toEqual([0, '']);
    },
  );

  it('serves: what stops the service is told as by npm start', async () => {
    const { status, stdout, stderr } = await cli.run(['serve'], '', { PORT: 'none' });
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^PORT .*\n$/)]);
  });

  it('signs and verifies, and says which part is wrong', async () => {
    const secret = file('secret', 'geheimnis-ü\n');
    const args = ['-', '--secret-file', secret, '--id', 'e1', '--timestamp', '1795519791'];
    const headers = await cli.json(['sign', ...args], '{"a":1}');
    const check = (signature: string, body: string, more: string[] = []) =>
      cli.run(['verify', ...args, '--signature', signature, ...more], body);
    expect(await check(headers['webhook-signature'], '{"a":1}')).toMatchObject({
      status: 0,
      stdout: 'authentic\n',
    });
    expect(await check(headers['X-Webhook-Signature'], '{"a":1}')).toMatchObject({ status: 0 });
    expect(await check(headers['webhook-signature'], '{"a":2}')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^wrong_signature: /),
    });
    const old = await check(headers['webhook-signature'], '{"a":1}', ['--tolerance', '300']);
    expect(old.stderr).toMatch(/^timestamp_out_of_range: /);
    expect(
      (await cli.run(['verify', '-', '--signature', 'v1,x'], '{}', { BASSET_WEBHOOKS_SECRET: 's' })).stderr,
    ).toMatch(/^missing_headers: /);
  });

  it('receives: fails as often as it is told to, then takes, and ends', async () => {
    const receiving = cli.start(['receive', '--fail', '1', '--retry-after', '3', '--count', '2', '--json']);
    const [, url] = await receiving.waitFor(/ready {2}(\S+) {2}signatures are not checked/);
    const post = (): Promise<Response> =>
      fetch(url!, { method: 'POST', body: '{"event":"entity.created\u001b"}' });
    const first = await post();
    expect([first.status, first.headers.get('retry-after'), (await post()).status]).toEqual([503, '3', 200]);
    const { status: ended, stdout } = await receiving.ended();
    expect([
      ended,
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).status),
    ]).toEqual([0, [503, 200]]);
  });

  it('says what a shell needs to complete commands', async () => {
    const script = file('completion.bash', await cli.succeed(['completion', 'bash']));
    const complete = (...words: string[]): string[] => {
      const line = `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _basset_webhooks; echo "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', line], { encoding: 'utf8' }).trim().split(' ');
    };
    expect(complete('basset-webhooks', 'deli')).toEqual(['deliveries']);
    expect(complete('basset-webhooks', 'deliveries', 're')).toEqual(['retry']);
    expect(complete('basset-webhooks', 'completion', 'f')).toEqual(['fish']);
    expect(complete('basset-webhooks', '--json', 'webhooks', 'create', '--gen')).toEqual([
      '--generate-secret',
    ]);
    expect(await cli.json(['completion', 'fish'])).toMatchObject({ shell: 'fish' });
    for (const shell of ['zsh', 'fish'])
      expect(await cli.succeed(['completion', shell])).toContain('basset-webhooks');
  });

  it.each([[['webhooks', 'list']], [['status']]])('nobody listens: %j', async (args) => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { status: ended, stdout, stderr } = await cli.run([...args, '--json', '--url', nobody]);
    const sentence = `${nobody} cannot be reached: nobody listens there; is the service running?\n`;
    expect([ended, stdout, stderr]).toEqual([6, '', sentence]);
  });

  it('a service that is away while it waits', async () => {
    const silent = await Receiver.start(() => ({ hang: true }));
    const { status: ended, stderr } = await cli.run([
      'webhooks',
      'list',
      '--url',
      silent.url(),
      '--timeout',
      '0.2',
    ]);
    expect([ended, stderr]).toEqual([6, expect.stringContaining('no answer within 0.2 s')]);
    await silent.close();
  });
});
