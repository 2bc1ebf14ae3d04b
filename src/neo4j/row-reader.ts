import type { Logger } from '@nestjs/common';
import { messageOf } from '../common/caught.js';
import type { Row } from './row.js';

/** Records that the log has spoken of are remembered up to here. */
const MAX_TOLD = 10_000;

/**
 * Reads rows of records that other programs may have spoiled: analysts and scripts write to the same graph. One that
 * cannot be read is left out, so that it stops nobody, and the log names it once.
 */
export class RowReader {
  private readonly told = new Set<string>();

  /** @param what a record is called in the log, for example `Webhook` */
  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  /** @param spoiled called with each row that cannot be read, and why */
  readAll<T>(
    rows: readonly Row[],
    read: (row: Row) => T,
    spoiled: (row: Row, reason: string) => void = () => undefined,
  ): T[] {
    const sound: T[] = [];
    for (const row of rows) {
      try {
        sound.push(read(row));
      } catch (error) {
        const reason = messageOf(error);
        this.tell(nameOf(row), reason);
        spoiled(row, reason);
      }
    }
    return sound;
  }

  private tell(name: string, reason: string): void {
    if (this.told.has(name) || this.told.size >= MAX_TOLD) return;
    this.told.add(name);
    this.logger.error(`${this.what} ${name} cannot be read and is left out: ${reason}`);
  }
}

/** The id of a record, or where it is in the graph when it has none. */
function nameOf(row: Row): string {
  const name = row['id'] ?? row['element'];
  return typeof name === 'string' ? name : 'without an id';
}
