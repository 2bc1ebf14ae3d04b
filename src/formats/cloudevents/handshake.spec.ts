import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../format.js';
import { handshake } from './handshake.js';

const ORIGIN = 'hooks.example';
const answer = (status: number, headers: Answer['headers'] = {}): Answer => ({ status, headers, body: '' });

describe('the handshake of CloudEvents', () => {
  it.each([
    [{}, 'off'],
    [{ handshake: 'off' }, 'off'],
    [{ handshake: 'try' }, 'try'],
    [{ handshake: 'required' }, 'required'],
    [{ handshake: 5 }, 'off'],
  ])('is wanted as %j says: %s', (options, wanted) => {
    expect(handshake.wanted(options)).toBe(wanted);
  });

  it.each<[number | null, Record<string, string>]>([
    [null, {}],
    [2, { 'WebHook-Request-Rate': '120' }],
    [0.001, { 'WebHook-Request-Rate': '1' }],
  ])('asks for %s a second', (perSecond, rate) => {
    expect(handshake.question(ORIGIN, perSecond)).toEqual({ 'WebHook-Request-Origin': ORIGIN, ...rate });
  });

  it.each<[string, number, Answer['headers'], number | null | undefined]>([
    ['our name', 200, { 'webhook-allowed-origin': 'hooks.example' }, null],
    ['our name in another case', 200, { 'webhook-allowed-origin': ' Hooks.Example ' }, null],
    ['all names', 204, { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' }, null],
    ['a rate with spaces', 200, { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': ' 60 ' }, 60],
    ['a rate', 200, { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '120' }, 120],
    ['a consent with any status', 405, { 'webhook-allowed-origin': '*' }, null],
    ['a rate that is none', 200, { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '0' }, null],
    [
      'a rate of no end',
      200,
      { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '9'.repeat(99) },
      null,
    ],
    ['success without a word', 200, { allow: 'POST' }, undefined],
    ['another name', 200, { 'webhook-allowed-origin': 'other.example' }, undefined],
    ['a list', 200, { 'webhook-allowed-origin': 'a.example, hooks.example' }, undefined],
    ['a part of our name', 200, { 'webhook-allowed-origin': 'example' }, undefined],
  ])('takes %s for what it is', (_, status, headers, perMinute) => {
    const consent = handshake.consent(answer(status, headers), ORIGIN);
    expect(consent).toEqual(perMinute === undefined ? undefined : { perMinute });
  });

  it('knows its own name in any case, and says it with each request', () => {
    const consent = handshake.consent(
      answer(200, { 'webhook-allowed-origin': 'hooks.example' }),
      'Hooks.Example',
    );
    expect(consent).toEqual({ perMinute: null });
    expect(handshake.headers(ORIGIN)).toEqual({ 'WebHook-Request-Origin': ORIGIN });
  });

  it.each([
    [200, {}, 'blocked'],
    [302, {}, 'blocked'],
    [401, {}, 'blocked'],
    [405, {}, 'blocked'],
    [501, {}, 'blocked'],
    [410, {}, 'gone'],
    [429, { 'retry-after': '7' }, 'throttled'],
    [500, {}, 'retry'],
    [503, {}, 'retry'],
  ])('without a consent %i is %s', (status, headers, outcome) => {
    const refusal = handshake.refusal(answer(status, headers), ORIGIN);
    expect(refusal.outcome).toBe(outcome);
    expect(refusal.reason).toContain(`WebHook-Allowed-Origin: ${ORIGIN}, and answered HTTP ${status}`);
  });

  it('takes whatever is answered', () => {
    const headers = fc.dictionary(
      fc.constantFrom('webhook-allowed-origin', 'webhook-allowed-rate'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), headers, (status, given) => {
        const { perMinute = null } = handshake.consent(answer(status, given), ORIGIN) ?? {};
        expect(perMinute === null || perMinute > 0).toBe(true);
        expect(handshake.refusal(answer(status, given), ORIGIN).outcome).toBeDefined();
      }),
    );
  });
});
