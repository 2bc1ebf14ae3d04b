import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { CaptureStatusService } from './capture-status.js';
import { KnownRepository } from './known.neo4j.repository.js';
import { RelayLease } from './relay-lease.js';
import { RepairScan } from './repair-scan.js';

/** Between two looks whether a scan is asked for. */
const LOOK_MS = 1000;
/** Between two looks whether the plugin is still there. */
const PROBE_MS = 30_000;

/** Notices when capture was away, and has the graph scanned for what was missed: then, and whenever somebody asks. */
@Injectable()
export class CaptureWatch {
  private probedAt = -Infinity;
  private isCaptured = false;

  constructor(
    private readonly known: KnownRepository,
    private readonly status: CaptureStatusService,
    private readonly scan: RepairScan,
    private readonly lease: RelayLease,
    private readonly clock: Clock,
  ) {}

  /** Ends a scan that is under way. */
  stop(): void {
    this.scan.stop();
  }

  /** The relay scans, so that one instance does. @returns after how many ms the next look is due */
  async look(): Promise<number> {
    if (!this.lease.isHeld) return LOOK_MS;
    await this.probe();
    const due = await this.known.due();
    const isMissing = due.gapSince !== null || due.knownSince === null;
    if (due.askedAt !== null || (isMissing && this.isCaptured)) await this.scan.run(due);
    return LOOK_MS;
  }

  private async probe(): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.probedAt < PROBE_MS) return;
    this.isCaptured = (await this.status.writer()) !== null;
    await this.known.sawPlugin(this.isCaptured);
    this.probedAt = now;
  }
}
