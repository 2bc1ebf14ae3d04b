import type { Delivery, Webhook } from '../api/types.js';
import { rebuiltHeaders } from './rebuilt-headers.js';
import { aboutHeaders, whatIsKnown } from './what-was-sent.js';

const webhook = (more: Partial<Webhook>): Webhook => ({ format: 'basset', ...more }) as Webhook;

it('claims to show what was sent only where that is known', () => {
  expect(whatIsKnown(webhook({})).title).toBe('What was sent');
  expect(whatIsKnown(undefined)).toEqual({ title: 'The event', isOwnBody: false, note: undefined });
  expect(whatIsKnown('gone')).toMatchObject({ title: 'The event', isOwnBody: false });
  expect(whatIsKnown('gone').note).toContain('deleted');
  expect(whatIsKnown(webhook({ format: 'slack' }))).toMatchObject({ title: 'The event', isOwnBody: false });
});

it('says of headers that they are those of today', () => {
  expect(aboutHeaders(webhook({ has_secret: true }))).toContain('the signatures need the secret');
  expect(aboutHeaders(webhook({ has_secret: false }))).toContain('it signs nothing today');
});

it('has the Accept that the service sends, unless the webhook has its own', () => {
  const delivery = { event_id: 'e', event: 'test', id: 'd' } as Delivery;
  const of = (headers: Record<string, string>) =>
    Object.entries(rebuiltHeaders(delivery, webhook({ headers }), undefined, '1')).filter(
      ([name]) => name.toLowerCase() === 'accept',
    );
  expect(of({})).toEqual([['Accept', '*/*']]);
  expect(of({ accept: 'text/plain' })).toEqual([['accept', 'text/plain']]);
});
