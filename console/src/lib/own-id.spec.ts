import { OwnId } from './own-id.js';

it('is the same for the same content until that is accepted', () => {
  const own = new OwnId();
  const first = own.of('a');
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(own.of('a')).toBe(first);
  const other = own.of('b');
  expect(other).not.toBe(first);
  own.renew();
  expect(own.of('b')).not.toBe(other);
});
