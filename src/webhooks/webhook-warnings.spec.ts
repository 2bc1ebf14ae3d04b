import { describe, expect, it } from '@jest/globals';
import { warningsOf } from './webhook-warnings.js';

const ENQUEUE = 'https://events.pagerduty.com/v2/enqueue';

function warnings(format: string, url: string, events: string[], filter: string | null = null): string[] {
  return warningsOf({ format, formatOptions: {}, url, trueUrl: url, events, headers: {}, filter });
}

describe('the warnings of a webhook', () => {
  it.each([
    ['pagerduty', ENQUEUE, ['*'], /^Each event that matches \* becomes an alert/],
    ['alertmanager', 'http://a.example/api/v2/alerts', ['entity.*'], /entity\.\* becomes an alert/],
    ['slack', 'https://hooks.slack.com/services/T0/B0/X0', ['*'], /thousands/],
    ['basset', ENQUEUE, ['system.health'], /set format to pagerduty/],
    ['basset', 'https://HOOKS.slack.com./services/T0/B0/X0', ['system.health'], /set format to slack/],
    ['teams', 'https://a.logic.azure.com./invoke?sig=s', ['system.health'], /logic\.azure\.com/],
    ['discord', 'https://discordapp.com./api/webhooks/1/a', ['system.health'], /discord\.com/],
    ['mattermost', 'http://chat.example/hooks/a', ['system.health'], /write https/],
    ['unheard-of', ENQUEUE, ['*'], /does not know the format unheard-of/],
  ])('tell of %s at %s with %j', (format, url, events, expected) => {
    expect(warnings(format, url, events)).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['pagerduty', ENQUEUE, ['system.health', 'import.failed'], null],
    ['pagerduty', ENQUEUE, ['*'], "severity == 'error'"],
    ['mattermost', 'http://127.0.0.1:8065/hooks/a', ['system.health'], null],
    ['discord', 'https://mydiscordapp.com/api/webhooks/1/a', ['system.health'], null],
    ['loki', 'http://loki.example/loki/api/v1/push', ['*'], null],
  ])('are none for %s at %s with %j and the filter %s', (format, url, events, filter) => {
    expect(warnings(format, url, events, filter)).toEqual([]);
  });

  it('tell of a name in the filter that no event has', () => {
    expect(warnings('basset', 'https://a.example/', ['*'], 'type == 1')).toEqual([
      expect.stringContaining('The filter asks for type'),
    ]);
  });
});
