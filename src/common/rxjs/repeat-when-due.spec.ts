import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, of, throwError, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { repeatWhenDue } from './repeat-when-due.js';

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

describe('repeatWhenDue', () => {
  it('runs at once, and again after the wait that each run asks for', () => {
    marbles(({ expectObservable }, scheduler) => {
      const waits = [3, 5, 100];
      const task = (): Observable<number> => of(waits.shift() ?? 100);
      expectObservable(repeatWhenDue(task, NEVER, ignore, scheduler), '20ms !').toBe('a--b----c', {
        a: 3,
        b: 5,
        c: 100,
      });
    });
  });

  it('is woken before its time', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const wake = hot('----w');
      const result = repeatWhenDue(() => of(50), wake, ignore, scheduler);
      expectObservable(result, '20ms !').toBe('a---a', { a: 50 });
    });
  });

  it('never runs twice at a time: a wake during a run makes the next follow at once', () => {
    marbles(({ cold, hot, expectObservable }, scheduler) => {
      const wake = hot('--w--');
      const task = (): Observable<number> => cold('-----(a|)', { a: 50 });
      expectObservable(repeatWhenDue(task, wake, ignore, scheduler), '20ms !').toBe('-----a----a', { a: 50 });
    });
  });

  it('goes on when a run answers nothing, and when its error cannot be told', () => {
    marbles(({ expectObservable }, scheduler) => {
      const answers = [EMPTY, throwError(() => 'down'), of(5000)];
      const task = (): Observable<number> => answers.shift() ?? EMPTY;
      const cannotTell = (): void => {
        throw new Error('the log is gone');
      };
      const result = repeatWhenDue(task, NEVER, cannotTell, scheduler);
      expectObservable(result, '2500ms !').toBe('a 999ms a 999ms b', { a: 1000, b: 5000 });
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
      const result = repeatWhenDue(task, NEVER, (error) => errors.push(error), scheduler);
      expectObservable(result, '1500ms !').toBe('a 999ms b', { a: 1000, b: 5000 });
      scheduler.flush();
      expect(errors).toEqual(['down']);
    });
  });
});
