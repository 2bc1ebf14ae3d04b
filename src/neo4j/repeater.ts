import { Inject, Injectable, type LoggerService } from '@nestjs/common';
import { NEVER, type Observable, type SchedulerLike } from 'rxjs';
import { Repetition } from '../common/rxjs/repetition.js';
import { SCHEDULER } from '../common/rxjs/scheduler.js';
import { tellUnlessAway } from './graph-errors.js';

export interface Repeated {
  readonly logger: Pick<LoggerService, 'warn' | 'error'>;
  /** What a run that fails is called in the log. */
  readonly trouble: string;
  /** See `RepetitionOptions`. @default never */
  readonly wake?: Observable<unknown>;
}

/** Repeats what the service does in the graph by itself. A run that fails is told, unless Neo4j is away: that is told once. */
@Injectable()
export class Repeater {
  constructor(@Inject(SCHEDULER) private readonly scheduler: SchedulerLike) {}

  /** @param task answers after how many ms it wants to run again */
  repeat(task: () => Promise<number>, { logger, trouble, wake = NEVER }: Repeated): Repetition {
    const failed = (error: unknown): void => tellUnlessAway(logger, trouble, error);
    return new Repetition(task, { wake, failed, scheduler: this.scheduler });
  }
}
