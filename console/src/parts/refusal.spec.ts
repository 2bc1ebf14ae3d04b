import { expect, it } from '@jest/globals';
import { ApiError } from '../api/call.js';

it('an action that the service asks to wait with says until when, in the zone that the user chose', async () => {
  const documentElement = { dataset: {} };
  Object.assign(globalThis, { document: { documentElement } });
  const { refusal } = await import('./refusal.js');
  const { prefer } = await import('../lib/preferences.js');
  const away = new ApiError(503, 'Neo4j is away.', [], { ms: 5_000, until: '2026-11-27T10:00:05.000Z' });
  prefer('zone', 'utc');
  expect(refusal(away)).toBe('Neo4j is away. Try again after 2026-11-27 10:00:05 UTC.');
  expect(refusal(new ApiError(404, 'This webhook is gone.'))).toBe('This webhook is gone.');
  expect(refusal('odd')).toBe('odd');
});
