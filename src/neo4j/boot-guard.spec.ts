import { expect, it } from '@jest/globals';
import { BootGuard } from './boot-guard.js';

it('closes the graph when a part of the start fails, and tells why it failed', async () => {
  let closed = 0;
  const guard = new BootGuard(async () => {
    closed += 1;
    throw new Error('closed already');
  });
  expect(await guard.during(async () => 7)).toBe(7);
  expect(closed).toBe(0);
  await expect(guard.during(() => Promise.reject(new Error('no webhooks')))).rejects.toThrow('no webhooks');
  expect(closed).toBe(1);
});
