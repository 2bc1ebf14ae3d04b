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
    const ports: Record<string, string> = { 8000: String(await freePort()), 9000: String(await freePort()) };
    const blocks = tour().map((block) => block.replace(/\b(8000|9000)\b/g, (port) => ports[port]!));
    const [startService, startReceiver, createWebhook, emit, readLog, readStats] = blocks as [
      string,
      ...string[],
    ];
    expect(blocks).toHaveLength(6);

    const service = open(ROOT, { PORT: ports['8000']!, DATA_DIR: join(directory, 'data'), NEO4J_URI: '' });
    service.start(startService);
    const receiver = open(directory);
    receiver.start(startReceiver!);
    await until(
      () =>
        fetch(`http://127.0.0.1:${ports['8000']}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      'the service',
      240_000,
    );

    const terminal = open(directory);
    const webhook = JSON.parse(await terminal.run(createWebhook!));
    expect(webhook).toMatchObject({ name: 'Tour', has_secret: true, active: true });
    expect(await terminal.run(emit!)).toMatch(/"event_id".*"delivery_ids".*"event_id".*"delivery_ids"/s);

    await receiver.waitFor(/authentic .*entity\.updated/, 15_000);
    await receiver.waitFor('authentic {"event":"entity.created"', 15_000);
    const log = await until(async () => {
      const page = JSON.parse(await terminal.run(readLog!));
      return page.deliveries[0]?.status === 'success' && page;
    }, 'the outcome in the log');
    const printed = JSON.parse(/```json\n(.*)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))![1]!);
    expect(log).toMatchObject(printed);
    expect(JSON.parse(await terminal.run(readStats!))).toMatchObject({
      total_events: 2,
      successful_deliveries: 2,
    });
  }, 300_000);
});
