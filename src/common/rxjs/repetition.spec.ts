import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { Repetition } from './repetition.js';

type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

function marbles(run: (helpers: Helpers, scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run((helpers) => {
    run(helpers, scheduler);
  });
}

const ignore = (): void => undefined;

/** Emits `r` whenever a run begins. */
function runsOf(
  task: () => Observable<number>,
  scheduler: TestScheduler,
  wake: Observable<unknown> = NEVER,
  failed: (error: unknown) => void = ignore,
): Observable<string> {
  return new Observable((subscriber) => {
    const next = (): Observable<number> => {
      subscriber.next('r');
      return task();
    };
    const repetition = new Repetition(next, { wake, failed, scheduler });
    return () => void repetition.stop();
  });
}

describe('Repetition', () => {
  it('runs at once, and again after the wait that each run asks for', () => {
    marbles(({ expectObservable }, scheduler) => {
      const waits = [3, 5, 100];
      const task = (): Observable<number> => of(waits.shift() ?? 100);
      expectObservable(runsOf(task, scheduler), '20ms !').toBe('r--r----r');
    });
  });

  it('is woken before its time', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const runs = runsOf(() => of(50), scheduler, hot('----w'));
      expectObservable(runs, '20ms !').toBe('r---r');
    });
  });

  it('never runs twice at a time: a wake during a run makes the next follow at once', () => {
    marbles(({ cold, hot, expectObservable }, scheduler) => {
      const task = (): Observable<number> => cold('-----(a|)', { a: 50 });
      expectObservable(runsOf(task, scheduler, hot('--w--')), '20ms !').toBe('r----r');
    });
  });

  it('goes on when a run answers nothing, and when its error cannot be told', () => {
    marbles(({ expectObservable }, scheduler) => {
      const answers = [EMPTY, throwError(() => 'down'), of(5000)];
      const task = (): Observable<number> => answers.shift() ?? EMPTY;
      const cannotTell = (): void => {
        throw new Error('the log is gone');
      };
      const runs = runsOf(task, scheduler, NEVER, cannotTell);
      expectObservable(runs, '2500ms !').toBe('r 999ms r 999ms r');
    });
  });

  it('reports a failing run and goes on after a second', () => {
    marbles(({ expectObservable }, scheduler) => {
      const errors: unknown[] = [];
      let fails = true;
      const task = (): Observable<number> => {
        const answer = fails ? throwError(() => 'down') : of(5000);
        fails = false;
        return answer;
      };
      const runs = runsOf(task, scheduler, NEVER, (error) => errors.push(error));
      expectObservable(runs, '1500ms !').toBe('r 999ms r');
      scheduler.flush();
      expect(errors).toEqual(['down']);
    });
  });

  it('stops when the run that is under way has ended, and begins no other', async () => {
    const scheduler = new TestScheduler(() => undefined);
    const answer = new Subject<number>();
    const repetition = new Repetition(() => answer, { wake: NEVER, failed: ignore, scheduler });
    scheduler.flush();
    let isOver = false;
    const stopped = repetition.stop().then(() => (isOver = true));
    await Promise.resolve();
    expect([isOver, repetition.isStopped]).toEqual([false, true]);
    answer.next(0);
    await stopped;
    scheduler.flush();
    expect(answer.observed).toBe(false);
    await repetition.stop();
  });
});
