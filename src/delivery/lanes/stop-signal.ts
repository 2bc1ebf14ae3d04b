import { BehaviorSubject, filter } from 'rxjs';

/** Says once and for all that nothing new is to be started. */
export class StopSignal {
  private readonly state = new BehaviorSubject(false);
  /** Emits when the stop is requested, and at once when it was. */
  readonly requested$ = this.state.pipe(filter(Boolean));

  get isRequested(): boolean {
    return this.state.value;
  }

  request(): void {
    this.state.next(true);
  }
}
