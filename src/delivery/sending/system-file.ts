import { readFileSync, statSync } from 'node:fs';

/** A small file of the system, parsed anew when it has changed. One that cannot be read is empty. */
export class SystemFile<T> {
  private stamp = '';
  private parsed: T;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
  ) {
    this.parsed = parse('');
  }

  read(): T {
    const stamp = this.stampNow();
    if (stamp !== this.stamp) {
      this.parsed = this.parse(stamp === '' ? '' : this.text());
      this.stamp = stamp;
    }
    return this.parsed;
  }

  private text(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch {
      return '';
    }
  }

  private stampNow(): string {
    const found = statSync(this.path, { throwIfNoEntry: false });
    return found?.isFile() ? `${found.ino}:${found.size}:${found.mtimeMs}` : '';
  }
}
