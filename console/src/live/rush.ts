/** So many changes within a second somebody can still follow. */
const MOST = 20;
const SECOND_MS = 1_000;

interface Noted {
  readonly at: number;
  readonly changes: number;
}

/** Whether more happens than anybody can follow: more than 20 changes within the last second. */
export class Rush {
  private noted: readonly Noted[] = [];

  note(changes: number): void {
    if (changes > 0) this.noted = [...this.lately(), { at: Date.now(), changes }];
  }

  get isOn(): boolean {
    return this.lately().reduce((sum, { changes }) => sum + changes, 0) > MOST;
  }

  private lately(): readonly Noted[] {
    return this.noted.filter(({ at }) => at >= Date.now() - SECOND_MS);
  }
}
