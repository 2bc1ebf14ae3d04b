import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyEvent } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { ntfy } from './ntfy.js';

const webhook = { ...SAMPLE_WEBHOOK, url: 'https://ntfy.example/' };
const options = { topic: 'soc-secret' };

const bodyOf = (event = eventOf('entity.created', { name: 'Jane' }), more: object = {}): any =>
  JSON.parse(ntfy.render(event, { ...options, ...more }, webhook).body.toString());

describe('ntfy', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('ntfy', ntfy, options, webhook.url);
  });

  it('publishes a message', () => {
    const link_template = 'https://basset.example/{id}';
    expect(bodyOf(eventOf('import.failed', { source: 'a.csv' }), { link_template })).toEqual({
      topic: 'soc-secret',
      title: 'Import failed: a[.]csv',
      message: 'project_id: op-lantern\nsource: a[.]csv\nbasset-hound · op-lantern · evt-import.failed',
      priority: 4,
      tags: ['error'],
      click: 'https://basset.example/evt-import.failed',
    });
  });

  it('stays within the limits and links nowhere, whatever the data', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        const { title, message, click } = bodyOf(event, fields && { fields });
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
        expect(Buffer.byteLength(title)).toBeLessThanOrEqual(250);
        expect(`${title}${message}`).not.toMatch(/https?:\/\//);
        expect(click).toBeUndefined();
      }),
    );
    for (const [, event] of HOSTILE_EVENTS)
      for (const more of [{}, withAllFields(event)]) {
        const { title, message } = bodyOf(event, more);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
        expect(Buffer.byteLength(title)).toBeLessThanOrEqual(250);
        expect(`${title}${message}`).not.toMatch(/https?:\/\//);
      }
    const digest = JSON.parse(ntfy.renderDigest!(SAMPLE_EVENTS, options, webhook).body.toString());
    expect(digest.title).toBe('60 events');
  });

  const error = (code: number, http: number) => ({ code, http, error: 'm', link: 'x' });

  it.each([
    [200, { id: 'x', event: 'message' }, { outcome: 'success' }],
    [400, error(40_009, 400), { outcome: 'rejected', reason: 'ntfy: m' }],
    [401, error(40_101, 401), { outcome: 'blocked', reason: 'ntfy: m' }],
    [403, error(40_301, 403), { outcome: 'blocked', reason: 'ntfy: m' }],
    [413, error(41_301, 413), { outcome: 'rejected', reason: 'ntfy: m' }],
    [429, error(42_901, 429), { outcome: 'throttled', reason: 'ntfy: m', waitSeconds: 60 }],
    [429, error(42_908, 429), { outcome: 'throttled', reason: 'ntfy: m', waitSeconds: 3600 }],
    [507, error(50_701, 507), { outcome: 'retry', reason: 'ntfy: m' }],
  ])('takes %i %j for %j', (status, body, expected) => {
    expect(ntfy.interpret(answer(status, body), options)).toEqual(expected);
  });

  it('is called at the root', () => {
    expect(ntfy.checkUrl(new URL(webhook.url), options, []).problems).toEqual([]);
    expect(ntfy.checkUrl(new URL('https://ntfy.example/topic'), options, []).problems).toHaveLength(1);
    expect(ntfy.checkUrl(new URL('https://ntfy.example/?auth=eA'), options, []).problems).toEqual([
      expect.stringContaining('headers'),
    ]);
  });
});
