import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { layoutOf } from '../../src/neo4j/embedded/layout.js';
import { readServerRecord } from '../../src/neo4j/embedded/records.js';
import { endLater } from '../support/cleanup.js';
import { usageOf } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { launch } from '../support/service.js';
import { repeatedly, scaled } from '../support/sizes.js';

const IDLE_MS = scaled(15_000, 3000);
const SUBJECT = 'idle service with its embedded Neo4j';

/** From the start of the process to readiness with files that exist already, and what is resident when nothing happens. */
export async function idle(report: Report): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'basset-bench-idle-'));
  const remove = endLater(() => rm(dataDir, { recursive: true, force: true }));
  const first = await launch({ DATA_DIR: dataDir });
  report.add(SUBJECT, 'first start, in an empty directory', first.readyMs / 1000, 's');
  await first.stop();
  await repeatedly(async () => {
    const service = await launch({ DATA_DIR: dataDir });
    report.add(SUBJECT, 'from the start to readiness', service.readyMs / 1000, 's');
    await pause(IDLE_MS);
    report.add(SUBJECT, 'resident: service', usageOf(service.pid).rssMiB, 'MiB');
    const neo4j = await readServerRecord(layoutOf(dataDir));
    if (neo4j) report.add(SUBJECT, 'resident: Neo4j', usageOf(neo4j.pid).rssMiB, 'MiB');
    await service.stop();
  });
  await remove();
}
