import { describe, expect, it } from '@jest/globals';
import type { Decision } from '../model/retry-policy.js';
import { endingOfAll, hasAnswered, type Decided } from './ending.js';

const decided = (decision: Decision, responseCode: number | null = 200, errorCode?: string): Decided =>
  ({ held: {}, goesOn: true, decision, result: { responseCode, errorCode } }) as unknown as Decided;
const again = { held: {}, again: 'again' } as unknown as Decided;

const success: Decision = { kind: 'success' };
const rejected: Decision = { kind: 'rejected' };
const wait: Decision = { kind: 'wait', askedSeconds: 5 };

describe('how a request ended that several deliveries shared', () => {
  it.each<[string, Decided[], string]>([
    ['one arrived', [decided(rejected), decided(success), again], 'success'],
    ['one is asked to wait', [decided(success), decided(wait)], 'wait'],
    ['nobody arrived', [decided(rejected), decided({ kind: 'retry', delaySeconds: 1 })], 'failure'],
    ['its place is gone', [decided({ kind: 'gone' })], 'failure'],
    ['all are refused', [decided(rejected), decided(rejected)], 'rejected'],
    ['nothing is said of any', [again], 'rejected'],
    ['somebody must repair it', [decided(rejected), decided({ kind: 'blocked' })], 'blocked'],
  ])('where %s', (_, all, kind) => {
    expect(endingOfAll(all)).toMatchObject({ kind });
  });

  it('is an answer unless one is missing, or asks to wait, or nobody was asked', () => {
    expect(hasAnswered([decided(success), again])).toBe(true);
    expect(hasAnswered([decided({ kind: 'failed' }, null)])).toBe(false);
    expect(hasAnswered([decided(success), decided(wait)])).toBe(false);
    const nothing = decided(rejected, null, 'not_rendered');
    expect(hasAnswered([nothing])).toBeNull();
    expect(hasAnswered([nothing, decided(success)])).toBe(true);
  });
});
