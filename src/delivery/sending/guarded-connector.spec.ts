import type { lookup, LookupAddress } from 'node:dns';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { AddressPolicy } from './address-policy.js';
import { guardedLookup } from './guarded-connector.js';
import { PublicHosts } from './destination-guard.js';
import { PolicyError } from './request-errors.js';

const PUBLIC: LookupAddress[] = [
  { address: '93.184.216.34', family: 4 },
  { address: '2606:2800:220:1::1', family: 6 },
];
const PRIVATE: LookupAddress[] = [
  { address: '10.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

const policy = new AddressPolicy(DEFAULT_OPTIONS, () => []);

type Answer = [error: Error | null, address: string | LookupAddress[], family?: number | undefined];

function look(found: LookupAddress[] | Error, all = true): Answer {
  const resolve = (_: string, __: unknown, callback: (...answer: unknown[]) => void): void => {
    if (found instanceof Error) callback(found);
    else callback(null, found);
  };
  let answer: Answer | undefined;
  guardedLookup(policy, {
    lookup: resolve as unknown as typeof lookup,
    publicHosts: new PublicHosts(policy),
  })('a.example', { all }, (...given) => {
    answer = given;
  });
  return answer!;
}

describe('guardedLookup', () => {
  it('answers only the addresses that may be called', () => {
    expect(look([...PRIVATE, ...PUBLIC])).toEqual([null, PUBLIC]);
  });

  it('answers the first of them where one is asked for', () => {
    expect(look([...PRIVATE, ...PUBLIC], false)).toEqual([null, '93.184.216.34', 4]);
  });

  it('refuses a name that leads to private networks only, or nowhere', () => {
    expect(look(PRIVATE)[0]).toBeInstanceOf(PolicyError);
    expect(look([])[0]).toBeInstanceOf(PolicyError);
  });

  it('passes on that the name is unknown', () => {
    const unknown = new Error('ENOTFOUND');
    expect(look(unknown)[0]).toBe(unknown);
  });
});
