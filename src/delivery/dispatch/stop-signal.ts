import { ReplaySubject, type Observable } from 'rxjs';

/** Says once and for all that nothing new is to be started. */
export class StopSignal {
  private readonly requests = new ReplaySubject<void>(1);
  private requested = false;

  get isRequested(): boolean {
    return this.requested;
  }

  /** Emits when the stop is requested, and at once when it was. */
  get requested$(): Observable<void> {
    return this.requests.asObservable();
  }

  request(): void {
    this.requested = true;
    this.requests.next();
  }
}
