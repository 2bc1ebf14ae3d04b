import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { AnswerBudget } from './answer-budget.js';

/** So many readers at once, and which of them have been let in. */
function readers(count: number, query: Record<string, string>) {
  const budget = new AnswerBudget(DEFAULT_OPTIONS);
  const responses = Array.from({ length: count }, () =>
    Object.assign(new EventEmitter(), { destroyed: false, headersSent: false, destroy: () => undefined }),
  );
  const served: number[] = [];
  for (const [n, response] of responses.entries()) {
    const http = { getRequest: () => ({ params: {}, query }), getResponse: () => response };
    const context = { switchToHttp: () => http } as unknown as ExecutionContext;
    const next: CallHandler = {
      handle: () => {
        served.push(n);
        return of(n);
      },
    };
    budget.intercept(context, next).subscribe({ error: () => undefined });
  }
  return { responses, served };
}

const MANY = 30;

describe('the readers of the log', () => {
  it('wait for their turn, in order: what is read for all of them together has a bound', async () => {
    const { responses, served } = readers(MANY, {});
    await nextTurn();
    const atOnce = served.length;
    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce).toBeLessThan(MANY / 2);
    for (const [n, response] of responses.entries()) {
      response.emit('close');
      await nextTurn();
      expect(served).toHaveLength(Math.min(MANY, atOnce + n + 1));
    }
    expect(served).toEqual(responses.map((_, n) => n));
  });

  it('are more where they leave out the bodies', async () => {
    const { responses, served } = readers(MANY, { payload: 'false' });
    await nextTurn();
    const { responses: others, served: withBodies } = readers(MANY, {});
    await nextTurn();
    expect(served.length).toBeGreaterThan(withBodies.length);
    for (const response of [...responses, ...others]) response.emit('close');
  });
});
