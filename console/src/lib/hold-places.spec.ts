import { holdPlaces, isHeldBack } from './hold-places.js';

const row = (id: string, state = 'old') => ({ id, state });

it('changes rows where they stand, and lets none in', () => {
  const shown = [row('a'), row('b'), row('gone')];
  const latest = [row('new', 'new'), row('b', 'new'), row('a', 'new')];
  const held = holdPlaces(shown, latest);
  expect(held).toEqual([row('a', 'new'), row('b', 'new'), row('gone')]);
  expect(isHeldBack(held, latest)).toBe(true);
  expect(isHeldBack(latest, latest)).toBe(false);
  expect(isHeldBack([row('a')], [row('a', 'new'), row('b')])).toBe(true);
});
