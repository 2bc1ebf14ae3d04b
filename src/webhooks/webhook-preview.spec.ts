import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../common/clock.js';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { WebhookPreview } from './webhook-preview.js';

const previews = new WebhookPreview(new SystemClock(), DEFAULT_OPTIONS);

async function warnings(format: string, url: string, units: number): Promise<readonly string[]> {
  const settings = { name: 'n', format, formatOptions: {}, headers: {}, events: ['entity.created'] };
  const webhook = { ...settings, url, hasSecret: false };
  return (await previews.of(webhook, { data: { text: 'x'.repeat(units) } })).warnings;
}

describe('the warnings of a preview', () => {
  it('tell of a CloudEvent that not every intermediary passes on', async () => {
    const url = 'https://broker.example/in';
    expect(await warnings('cloudevents', url, 64 * 1024)).toEqual([
      expect.stringMatching(/^This is 65\d{3} bytes: .* more than 65536$/),
    ]);
    expect(await warnings('cloudevents', url, 63 * 1024)).toEqual([]);
  });

  it('say nothing of the size where the receiver takes it', async () => {
    expect(await warnings('ocsf', 'https://siem.example/in', 100_000)).toEqual([]);
  });
});
