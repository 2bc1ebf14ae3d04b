import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import { anyEvent, expectDeterministic } from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { pagerduty } from './pagerduty.js';

const WEBHOOK = { id: 'w-1', name: 'On call', url: 'https://events.pagerduty.com/v2/enqueue' };
const KEY = { routing_key: '0123456789abcdef0123456789abcdef' };
const sent = (event: FormatEvent, options = {}): any =>
  JSON.parse(pagerduty.render(event, { ...KEY, ...options }, WEBHOOK).body.toString());

describe('what PagerDuty is sent', () => {
  it('is to the byte what it was', () => {
    const options = { ...KEY, link_template: 'https://basset.example/{project_id}' };
    expectGolden('pagerduty', pagerduty, options, WEBHOOK.url);
  });

  it('triggers an incident for each event', () => {
    expect(sent(eventOf('import.failed', { source: 'a.csv' }), { component: 'importer' })).toEqual({
      ...KEY,
      event_action: 'trigger',
      dedup_key: 'evt-import.failed',
      payload: {
        summary: expect.stringContaining('Import failed'),
        source: 'basset-hound',
        severity: 'error',
        timestamp: '2026-11-26T09:03:11.799Z',
        component: 'importer',
        group: 'op-lantern',
        class: 'import.failed',
        custom_details: {
          event_id: 'evt-import.failed',
          project_id: 'op-lantern',
          data: { source: 'a.csv' },
        },
      },
      client: 'Basset Hound',
    });
  });

  it('resolves the incident of a webhook when it has recovered', () => {
    const health = (kind: string): any => sent(eventOf('system.health', { kind, webhook_id: 'w-9' }));
    expect(health('webhook.failing')).toMatchObject({ event_action: 'trigger', dedup_key: 'basset:w-9' });
    expect(health('webhook.disabled')).toMatchObject({ event_action: 'trigger', dedup_key: 'basset:w-9' });
    expect(health('webhook.recovered')).toMatchObject({ event_action: 'resolve', dedup_key: 'basset:w-9' });
    const other = sent(eventOf('import.failed', { kind: 'webhook.recovered', webhook_id: 'w-9' }));
    expect(other).toMatchObject({ event_action: 'trigger', dedup_key: 'evt-import.failed' });
    const nobody = sent(eventOf('system.health', { kind: 'webhook.recovered' }));
    expect(nobody).toMatchObject({ event_action: 'trigger', dedup_key: 'evt-system.health' });
  });

  it('stays within the limits, and says what was cut', () => {
    for (const event of SAMPLE_EVENTS) {
      const { body, truncated } = pagerduty.render(event, KEY, WEBHOOK);
      expect(body.length).toBeLessThanOrEqual(512 * 1024);
      if (event.kind === 'plain') expect(truncated).toBe(false);
      const { data_text, truncated: said } = JSON.parse(body.toString()).payload.custom_details;
      expect(typeof data_text === 'string').toBe(said === true);
      if (said === true) expect(truncated).toBe(true);
    }
  });

  it('is whole up to what its frame leaves, and cut beyond it', () => {
    const of = (length: number) =>
      pagerduty.render(
        eventOf('entity.created', { text: 'x'.repeat(length) }, { projectId: null }),
        KEY,
        WEBHOOK,
      );
    for (const [length, isCut] of [
      [479_000, false],
      [500_000, true],
    ] as const) {
      const { body, truncated } = of(length);
      expect([truncated, body.length <= 512 * 1024]).toEqual([isCut, true]);
      const { payload } = JSON.parse(body.toString());
      expect(payload.custom_details.project_id).toBeNull();
      expect(payload).not.toHaveProperty('group');
    }
  });

  it('has a key of at most 255 characters', () => {
    const event = eventOf('system.health', { kind: 'webhook.failing', webhook_id: 'w'.repeat(300) });
    expect(sent(event).dedup_key).toBe(`basset:${'w'.repeat(248)}`);
  });

  it('is valid, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { dedup_key, payload } = sent(event);
        expect(dedup_key.length).toBeLessThanOrEqual(255);
        expect(dedup_key).not.toBe('');
        expect(payload.summary.length).toBeLessThanOrEqual(1024);
        expect(payload.summary).not.toBe('');
        expect(['info', 'warning', 'error']).toContain(payload.severity);
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(pagerduty, KEY, WEBHOOK.url);
  });
});

describe('what PagerDuty answers', () => {
  it.each([
    [202, { status: 'success', message: 'Event processed', dedup_key: 'x' }, 'success', undefined],
    [400, { status: 'invalid event', message: 'Event object is invalid', errors: [] }, 'rejected', undefined],
    [403, '', 'blocked', undefined],
    [429, { message: 'Throttle limit reached' }, 'throttled', 120],
    [500, '', 'retry', undefined],
  ])('%i %j is %s', (status, body, outcome, waitSeconds) => {
    const found = pagerduty.interpret(answer(status, body), {});
    expect(found.outcome).toBe(outcome);
    expect(found.waitSeconds).toBe(waitSeconds);
  });

  it('is told in its own words, and its own time to wait holds', () => {
    const refused = answer(400, { status: 'invalid event', message: 'Event object is invalid' });
    expect(pagerduty.interpret(refused, {})).toEqual({
      outcome: 'rejected',
      reason: 'PagerDuty: Event object is invalid (HTTP 400)',
    });
    expect(pagerduty.interpret(answer(429, '', { 'retry-after': '7' }), {})).toEqual({
      outcome: 'throttled',
    });
    expect(pagerduty.interpret(answer(202, { message: 'Event processed' }), {})).toEqual({
      outcome: 'success',
    });
  });
});

it.each([
  ['https://events.eu.pagerduty.com/v2/enqueue', 0],
  ['https://events.pagerduty.com/v2/enqueue/', 0],
  ['https://events.pagerduty.com/v2/enqueue/x', 1],
  ['https://events.pagerduty.com/generic/2010-04-15/create_event.json', 1],
])('the URL %s has %i problems', (url, problems) => {
  expect(pagerduty.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
});
