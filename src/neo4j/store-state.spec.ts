import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Neo4jError } from 'neo4j-driver';
import { NoAnswerError } from './graph-errors.js';
import { StoreState } from './store-state.js';

const errorWith = (code: string): Neo4jError => new Neo4jError('why', code, '50N42', 'why');
const AWAY = errorWith('ServiceUnavailable');
const REFUSED = errorWith('Neo.ClientError.Security.Unauthorized');
const BROKEN = errorWith('Neo.DatabaseError.Transaction.TransactionCommitFailed');
const DEADLOCK = errorWith('Neo.TransientError.Transaction.DeadlockDetected');

let now: number;
let state: StoreState;
let lines: string[];

beforeEach(() => {
  now = 1000;
  lines = [];
  state = new StoreState(() => now);
  const keep = (message: unknown): void => {
    lines.push(String(message));
  };
  jest.spyOn(Logger.prototype, 'error').mockImplementation(keep);
  jest.spyOn(Logger.prototype, 'log').mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the state of the store', () => {
  it('has one line when an outage begins and one with the count when it ends', () => {
    for (let n = 0; n < 500; n += 1) {
      state.failed(AWAY, true);
      state.refuse(AWAY, true, now);
      now += 10;
    }
    state.succeeded(true);
    expect(lines).toEqual([
      'Neo4j does not answer (why). Callers get 503, deliveries wait; it goes on by itself',
      'Neo4j works again after 5.0 s; 500 calls were refused meanwhile',
    ]);
  });

  it('tells the end of what it has told the beginning of, whatever it was at the end', () => {
    state.refuse(BROKEN, true, now);
    state.failed(AWAY, true);
    now += 300;
    state.succeeded(true);
    expect(lines).toEqual([
      expect.stringContaining('look at its disk'),
      'Neo4j works again after 0.3 s; 1 calls were refused meanwhile',
    ]);
  });

  it('says nothing of what lasted a moment and refused nobody', () => {
    state.failed(AWAY, true);
    now += 300;
    state.succeeded(false);
    expect(lines).toEqual([]);
  });

  it('tells of an outage that nobody called in', () => {
    state.failed(AWAY, true);
    now += 1000;
    state.failed(AWAY, true);
    expect(lines).toHaveLength(1);
  });

  it('names the setting when the password is not accepted', () => {
    state.refuse(REFUSED, false, now);
    expect(lines[0]).toContain('NEO4J_PASSWORD');
  });

  it('lets one try and all others wait for what it finds out', () => {
    state.failed(AWAY, false);
    now += 10;
    expect(state.turn()).toBe(0);
    expect(state.turn()).toBeGreaterThan(0);
    expect(state.turn(true)).toBe(0);
    state.succeeded(false);
    expect([state.turn(), state.turn()]).toEqual([0, 0]);
  });

  it('tries again when the one that tried was told something else', () => {
    state.failed(AWAY, false);
    now += 10;
    expect(state.turn()).toBe(0);
    state.failed(errorWith('N/A'), false);
    expect(state.turn()).toBe(0);
  });

  it('pauses longer and longer, up to a second', () => {
    const pauses = Array.from({ length: 14 }, () => {
      state.failed(AWAY, false);
      const wait = state.turn();
      now += wait;
      return wait;
    });
    expect(pauses[0]).toBeLessThan(10);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(500);
  });

  it('tries a wrong password so rarely that Neo4j does not lock the user out for others', () => {
    let tries = 0;
    for (const end = now + 5 * 60_000; now < end;) {
      const wait = Math.min(state.turn(), state.turn(true));
      if (wait === 0) {
        tries += 1;
        state.failed(REFUSED, true);
      } else {
        now += Math.min(wait, 1000);
        state.refuse(undefined, true, now);
      }
    }
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
  });

  it('counts callers as refused, and not the engine, which tries again', () => {
    state.refuse(AWAY, true, now, false);
    state.refuse(AWAY, false, now);
    state.noteRefusal();
    now += 2000;
    state.succeeded(true);
    expect(lines.at(-1)).toContain('; 2 calls were refused meanwhile');
    state.noteRefusal();
  });

  it('does not take a read for the end of a full disk', () => {
    state.refuse(BROKEN, true, now);
    state.succeeded(false);
    expect(state.trouble?.fault).toBe('broken');
    state.succeeded(true);
    expect(state.trouble).toBeUndefined();
    expect(lines).toHaveLength(2);
  });

  it('tells what cannot be written from a store that cannot write', () => {
    const since = now;
    expect(state.refuse(BROKEN, true, since).othersCouldWrite).toBe(false);
    now += 1;
    state.succeeded(true);
    expect(state.refuse(BROKEN, true, since).othersCouldWrite).toBe(true);
    expect(state.refuse(AWAY, true, since).othersCouldWrite).toBe(false);
  });

  it('retries a deadlock without taking it for an outage, and does not retry an answer', () => {
    expect(state.failed(DEADLOCK, true)).toBe(true);
    expect(state.failed(new NoAnswerError(10, true), true)).toBe(true);
    expect(state.trouble).toBeUndefined();
    expect(state.failed(errorWith('Neo.ClientError.Statement.SyntaxError'), true)).toBe(false);
    expect(state.failed(new Error('ours'), true)).toBe(false);
  });

  it('ends an absence with any answer, also a complaint', () => {
    state.failed(AWAY, true);
    state.failed(errorWith('Neo.ClientError.Schema.ConstraintValidationFailed'), true);
    expect(state.trouble).toBeUndefined();
  });

  it('is over being busy when nothing was given up for ten seconds', () => {
    state.refuse(DEADLOCK, true, now);
    now += 9000;
    state.succeeded(true);
    expect(lines).toHaveLength(1);
    now += 1000;
    state.succeeded(true);
    expect(lines).toHaveLength(2);
  });

  it('wakes those who wait, and is impatient only when it stops during an outage', async () => {
    state.failed(AWAY, true);
    const woken = state.change(60_000);
    state.succeeded(false);
    await woken;
    state.stop();
    expect(state.patience(10_000)).toBe(10_000);
    state.failed(AWAY, true);
    expect(state.patience(10_000)).toBeLessThan(1000);
  });
});
