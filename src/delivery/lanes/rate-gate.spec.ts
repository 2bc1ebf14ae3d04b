import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { RateGate } from './destination-throttle.js';

let rate = 100;
beforeEach(() => {
  rate = 100;
});

/** At 100 a second; answers who started when, in virtual ms. */
function run(play: (gate: RateGate, at: (ms: number, act: () => void) => void, starts: string[]) => void) {
  const scheduler = new TestScheduler(() => undefined);
  const starts: string[] = [];
  scheduler.run(() => {
    const gate = new RateGate(
      () => rate,
      scheduler,
      () => scheduler.now(),
    );
    play(gate, (ms, act) => void scheduler.schedule(act, ms), starts);
    scheduler.flush();
  });
  return starts;
}

/** Asks for `times` turns, one after the other, as a lane does. */
function ask(gate: RateGate, name: string, starts: string[], times = 1): () => void {
  return gate.request(() => {
    starts.push(name);
    if (times > 1) ask(gate, name, starts, times - 1);
    return true;
  });
}

describe('RateGate', () => {
  it('spaces a burst evenly and drops nothing', () => {
    const waits: number[] = [];
    const starts = run((gate, at, started) => {
      for (const name of ['a', 'b', 'c']) ask(gate, name, started);
      waits.push(gate.waitMs);
      at(9, () => started.push('9 ms'));
      at(19, () => started.push('19 ms'));
    });
    expect(starts).toEqual(['a', '9 ms', 'b', '19 ms', 'c']);
    expect(waits).toEqual([30]);
  });

  it('follows a rate that changes, from the next turn on', () => {
    const starts = run((gate, at, started) => {
      ask(gate, 'long', started, 4);
      at(5, () => (rate = 50));
      at(29, () => started.push('29 ms'));
      at(31, () => started.push('31 ms'));
      at(49, () => started.push('49 ms'));
    });
    expect(starts).toEqual(['long', 'long', '29 ms', 'long', '31 ms', '49 ms', 'long']);
  });

  it('lets a request through at once when the last one is long ago', () => {
    const starts = run((gate, at, started) => {
      ask(gate, 'a', started);
      at(20, () => {
        ask(gate, 'b', started);
        started.push('asked');
      });
    });
    expect(starts).toEqual(['a', 'b', 'asked']);
  });

  it('lets those who ask take turns, so that a long queue of one does not hold up another', () => {
    const starts = run((gate, at, started) => {
      ask(gate, 'long', started, 4);
      at(1, () => ask(gate, 'short', started));
    });
    expect(starts).toEqual(['long', 'long', 'short', 'long', 'long']);
  });

  it('gives a turn that is not used, or no longer wanted, to the next at once', () => {
    const starts = run((gate, at, started) => {
      ask(gate, 'first', started);
      const withdraw = ask(gate, 'withdrawn', started);
      gate.request(() => started.push('declined') < 0);
      ask(gate, 'second', started);
      withdraw();
      at(11, () => started.push('11 ms'));
    });
    expect(starts).toEqual(['first', 'declined', 'second', '11 ms']);
  });

  it('serves thousands who decline in one turn without recursion', () => {
    const starts = run((gate, _, started) => {
      ask(gate, 'first', started);
      for (let n = 0; n < 20_000; n += 1) gate.request(() => false);
      ask(gate, 'last', started);
    });
    expect(starts).toEqual(['first', 'last']);
  });
});
