/**
 * An answer that is dear to find and may be a little old: found at most once in `freshMs`, whoever asks meanwhile gets the
 * same. A failure is told to those who wait for it, and not kept.
 */
export class FreshAnswer<Answer> {
  private asked: { readonly at: number; readonly answer: Promise<Answer> } | undefined;

  constructor(
    private readonly find: () => Promise<Answer>,
    private readonly freshMs: number,
    /** Monotonic, ms. */
    private readonly now: () => number,
  ) {}

  async get(): Promise<Answer> {
    const now = this.now();
    if (!this.asked || now - this.asked.at >= this.freshMs) {
      const asked = { at: now, answer: this.find() };
      this.asked = asked;
      asked.answer.catch(() => {
        if (this.asked === asked) this.asked = undefined;
      });
    }
    return this.asked.answer;
  }
}
