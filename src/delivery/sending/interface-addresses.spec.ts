import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { destinationOf } from './address-policy.js';
import { interfaceAddresses, interfaceWatch } from './own-endpoints.js';

const [first, second] = ['93.184.216.34', '93.184.216.35'].map((text) => [destinationOf(text)!]);

describe('the addresses of this machine', () => {
  it('are those that the system tells', () => {
    const told = Object.values(networkInterfaces()).flat();
    expect(interfaceAddresses().map(String)).toEqual(told.map((one) => String(destinationOf(one!.address))));
    expect(interfaceAddresses().map(String)).toContain('127.0.0.1');
  });

  it('are looked up again when a second has passed', () => {
    let [now, current, looks] = [0, first!, 0];
    const own = interfaceWatch(
      () => {
        looks += 1;
        return current;
      },
      () => now,
    );
    expect(own()).toBe(first);
    current = second!;
    now = 999;
    expect(own()).toBe(first);
    expect(looks).toBe(1);
    now = 1000;
    expect(own()).toBe(second);
  });
});
