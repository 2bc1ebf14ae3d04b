import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { layoutOf, type Layout } from './layout.js';
import { errorsIn, whyItFailed } from './server-log.js';

const OLD = '2026-11-25 10:00:00.000+0000 ERROR [o.n.k.d.Database] An old story';
const START = '2026-11-26 10:00:00.000+0000 INFO  [o.n.s.CommunityNeoWebServer] Starting...';
const NEW = '2026-11-26 10:00:01.000+0000 ERROR [o.n.k.d.Database] Could not start';
const STACK = '\tat org.neo4j.Something.start(Something.java:1)';
const CAUSE = 'Caused by: java.nio.file.NoSuchFileException: neostore';

let layout: Layout;
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'server-log-spec-')));
  await mkdir(dirname(layout.debugLog), { recursive: true });
});
afterEach(async () => {
  await rm(dirname(layout.home), { recursive: true });
});

describe('why a server did not come up', () => {
  it('is in the errors of its last start, each once and without stacks', () => {
    expect(errorsIn([OLD, START, NEW, STACK, CAUSE, CAUSE].join('\n'))).toEqual([
      '[o.n.k.d.Database] Could not start',
      CAUSE,
    ]);
  });

  it('is quoted from its own log', async () => {
    await writeFile(layout.debugLog, [OLD, START, NEW].join('\n'));
    const why = await whyItFailed(layout);
    expect(why).toContain(`Its log is ${layout.debugLog}`);
    expect(why).toContain('Could not start');
    expect(why).not.toContain('An old story');
    expect(why).not.toContain('backup');
  });

  it('is what it printed, if it came to no log', async () => {
    await writeFile(layout.log, 'Invalid maximum heap size: -Xmx5');
    expect(await whyItFailed(layout)).toBe(
      `Its log is ${layout.log}. It says:\nInvalid maximum heap size: -Xmx5`,
    );
  });

  it('tells of the backup where the files are damaged', async () => {
    const damaged = '2026-11-26 10:00:01.000+0000 ERROR [x] UnderlyingStorageException: malformed page';
    await writeFile(layout.debugLog, [START, damaged].join('\n'));
    expect(await whyItFailed(layout)).toContain(`restore the backup of ${layout.home}`);
  });
});
