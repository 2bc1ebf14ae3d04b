import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { Terminal } from '../support/terminal.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** The shell blocks of the tour, in order. */
function tour(): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const section = /## Five minutes\n([\s\S]*?)\n## /.exec(readme)![1]!;
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);
}

describe('the tour of the README', () => {
  const terminals: Terminal[] = [];
  let directory: string;

  function open(cwd: string, env: Record<string, string> = {}): Terminal {
    const terminal = Terminal.open(cwd, env);
    terminals.push(terminal);
    return terminal;
  }

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'readme-tour-'));
  });

  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('works as it is printed', async () => {
    const port = String(await freePort());
    const blocks = tour().map((block) => block.replaceAll('8000', port));
    expect(blocks).toHaveLength(5);
    const [startService, startReceiver, emit, readLog, emitWithKey] = blocks as [string, ...string[]];
    // The commands find the service at $PORT, and no login of the one who runs the test.
    const env = { PORT: port, DATA_DIR: join(directory, 'data'), NEO4J_URI: '', XDG_CONFIG_HOME: directory };
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );

    const service = open(ROOT, env);
    service.start(startService);
    await until(isReady, 'the service', 240_000);
    const receiver = open(ROOT, env);
    receiver.start(startReceiver!);
    await receiver.waitFor(/ready {2}http/, 60_000);

    const terminal = open(ROOT, env);
    expect(await terminal.run(emit!, 60_000)).toContain('1 delivery  1 arrived');
    await receiver.waitFor(/✔ entity\.created 200 .*\{"event":"entity\.created"/, 15_000);
    const [table, ...json] = (await terminal.run(readLog!)).split('\n');
    expect(table).toMatch(/^success\tentity\.created\t/);
    const printed = JSON.parse(/```json\n(.*)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))![1]!);
    expect(JSON.parse(json.join(''))).toMatchObject(printed);
    expect(await terminal.run(emitWithKey!)).toMatch(/"event_id".*"delivery_ids"/);
    await receiver.waitFor(/✔ entity\.updated 200/, 15_000);
  }, 300_000);
});
