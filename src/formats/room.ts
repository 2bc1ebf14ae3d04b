import { fit, type FitOptions } from './text.js';

/** What a receiver takes in all: text is fitted into what is left, piece by piece. */
export class Room {
  /** Whether something was cut, or had to be left out. */
  truncated = false;

  /** @param left how much there is, as `fitting.measure` counts */
  constructor(
    private left: number,
    private readonly fitting: FitOptions = {},
  ) {}

  /** The text, escaped, no longer than `most` and than what is left. */
  fit(text: string, most = Infinity, fitting: FitOptions = this.fitting): string {
    const { text: fitted, cut } = fit(text, Math.min(most, this.left), fitting);
    this.left -= fitting.measure?.(fitted) ?? fitted.length;
    this.truncated ||= cut;
    return fitted;
  }

  /** As many of the items as there is room for: each that follows needs at least `least`, and may use `fit`. */
  each<Item, Shown>(items: readonly Item[], least: number, show: (item: Item) => Shown): Shown[] {
    const shown: Shown[] = [];
    for (const item of items) {
      if (this.left < least) {
        this.truncated = true;
        break;
      }
      shown.push(show(item));
    }
    return shown;
  }

  /** Room that the receiver's own form takes. */
  spend(amount: number): void {
    this.left -= amount;
  }
}
