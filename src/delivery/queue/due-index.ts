import { Injectable } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';

/** When the next delivery of each webhook that waits in the graph is due, as far as this instance knows. Wall clock without jumps, ms. */
@Injectable()
export class DueIndex {
  private readonly times = new Map<string, number>();
  private readonly noted = new Map<string, number>();
  private revision = 0;
  private readonly earlier = new Subject<void>();

  /** Emits when something is due earlier than was known. */
  get earlier$(): Observable<void> {
    return this.earlier.asObservable();
  }

  /** There is a delivery that is due at `time`. */
  note(webhookId: string, time: number): void {
    this.noted.set(webhookId, ++this.revision);
    const known = this.times.get(webhookId);
    if (known !== undefined && known <= time) return;
    this.times.set(webhookId, time);
    this.earlier.next();
  }

  /** Marks a point in time for `replace`: taken before the graph is asked. */
  mark(): number {
    return this.revision;
  }

  /**
   * What the graph said: the earliest time of a webhook, or undefined when nothing of it waits.
   * Kept out of the way of what was noted after `mark`, which the graph may not have known yet.
   */
  replace(webhookId: string, time: number | undefined, mark: number): void {
    if ((this.noted.get(webhookId) ?? 0) > mark) {
      if (time !== undefined) this.note(webhookId, time);
      return;
    }
    this.noted.delete(webhookId);
    if (time === undefined) this.times.delete(webhookId);
    else this.times.set(webhookId, time);
  }

  has(webhookId: string): boolean {
    return this.times.has(webhookId);
  }

  entries(): IterableIterator<[string, number]> {
    return this.times.entries();
  }
}
