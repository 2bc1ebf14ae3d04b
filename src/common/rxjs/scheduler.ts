import { asyncScheduler } from 'rxjs';

/** DI token of the RxJS scheduler that everything waits on; tests put a virtual one in its place. */
export const SCHEDULER = Symbol('SCHEDULER');
export const schedulerProvider = { provide: SCHEDULER, useValue: asyncScheduler };
