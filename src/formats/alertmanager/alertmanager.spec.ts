import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import { anyEvent, expectDeterministic } from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { alertmanager } from './alertmanager.js';

const WEBHOOK = { id: 'w-1', name: 'Alerts', url: 'https://alertmanager.example:9093/api/v2/alerts' };
const sent = (event: FormatEvent, options = {}): any =>
  JSON.parse(alertmanager.render(event, options, WEBHOOK).body.toString());

describe('what Alertmanager is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('alertmanager', alertmanager, { labels: { team: 'osint' } }, WEBHOOK.url);
  });

  it('is a list of one alert, without the event id among its labels', () => {
    expect(sent(eventOf('import.failed', { source: 'a.csv' }))).toEqual([
      {
        labels: {
          alertname: 'BassetHoundImportFailed',
          event: 'import.failed',
          severity: 'error',
          project_id: 'op-lantern',
        },
        annotations: {
          summary: 'Import failed: a.csv',
          description: expect.stringContaining('Import failed'),
          event_id: 'evt-import.failed',
        },
        startsAt: '2026-11-26T09:03:11.799Z',
        endsAt: '2026-11-26T09:08:11.799Z',
      },
    ]);
  });

  it('follows its options', () => {
    const options = {
      duration: 60,
      event_label: true,
      labels: { severity: 'page' },
      link_template: 'https://basset.example/{project_id}',
    };
    expect(sent(eventOf('import.failed', {}), options)[0]).toMatchObject({
      labels: { event_id: 'evt-import.failed', severity: 'page' },
      endsAt: '2026-11-26T09:04:11.799Z',
      generatorURL: 'https://basset.example/op-lantern',
    });
  });

  it('is named by the words of its event, and has no project where there is none', () => {
    const [{ labels }] = sent(eventOf('case.closedByHR-2', {}, { projectId: null }));
    expect(labels).toEqual({
      alertname: 'BassetHoundCaseClosedByHR2',
      event: 'case.closedByHR-2',
      severity: 'info',
    });
  });

  it('is valid, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const [{ labels, startsAt, endsAt }] = sent(event);
        for (const name of Object.keys(labels)) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
        expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(Date.parse(startsAt));
        expect(endsAt).toMatch(/^\d{4}-/);
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(alertmanager, {}, WEBHOOK.url);
  });
});

it.each([
  [200, '', 'success', undefined],
  [400, '"bad label"', 'rejected', 'Alertmanager: "bad label" (HTTP 400)'],
  [200, 'ok', 'success', undefined],
  [404, '', 'blocked', undefined],
  [500, '', 'retry', undefined],
  [429, '', 'throttled', undefined],
])('Alertmanager that answers %i %s is %s', (status, body, outcome, reason) => {
  expect(alertmanager.interpret(answer(status, body), {})).toEqual({ outcome, ...(reason && { reason }) });
});

it.each([
  ['http://alertmanager.example:9093/api/v2/alerts', 0],
  ['http://alertmanager.example:9093/prefix/api/v2/alerts/', 0],
  ['http://alertmanager.example:9093/api/v2/alerts/groups', 1],
  ['http://alertmanager.example:9093/api/v1/alerts', 1],
])('the URL %s has %i problems', (url, problems) => {
  expect(alertmanager.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
});

it.each([
  [undefined, 0],
  [60, 0],
  [59, 1],
  [1, 1],
])('a duration of %s has %i warnings', (duration, warnings) => {
  const options = duration === undefined ? {} : { duration };
  const found = alertmanager.checkUrl(new URL(WEBHOOK.url), options, []);
  expect([found.problems, found.warnings]).toEqual([
    [],
    Array(warnings).fill(expect.stringMatching(/^A duration of \d+ seconds is over before .* at least 60$/)),
  ]);
});
