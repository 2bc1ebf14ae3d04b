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

describe('the body of a preview', () => {
  const settings = { name: 'n', headers: {}, events: ['entity.created'], hasSecret: true };
  const data = { name: 'preview of an incident, a', kind: 'incident' };

  it.each(['a', 'incident', 'x7', 'investigations-7Gq2'])(
    'hides the topic %s where it stands, and nowhere else',
    async (topic) => {
      const webhook = { ...settings, url: 'https://ntfy.example/', format: 'ntfy', formatOptions: { topic } };
      const { body, bytes } = await previews.of(webhook, { data: { ...data, topic } });
      const { topic: shown, title, message } = JSON.parse(body);
      expect([shown, title]).toEqual(['***', 'Entity created: incident preview of an incident, a']);
      expect(message).toContain(`topic: ${topic}\n`);
      expect(bytes).toBe(Buffer.byteLength(body) - 3 + topic.length);
    },
  );

  it('hides the routing key of PagerDuty', async () => {
    const formatOptions = { routing_key: 'R0123456789abcdefghijklmnopqrstu' };
    const webhook = { ...settings, url: 'https://pd.example/v2/enqueue', format: 'pagerduty', formatOptions };
    expect(JSON.parse((await previews.of(webhook, { data })).body).routing_key).toBe('***');
  });

  it('says nothing of whether a guess is right', async () => {
    const event = {
      data: { guess: 'planted-tail-1 planted-token' },
      id: 'e',
      timestamp: '2026-01-01T00:00:00Z',
    };
    const shown = async (tail: string, token: string): Promise<string> => {
      const headers = { Authorization: `Bearer ${token}` };
      const url = `https://a.example/in/${tail}`;
      const webhook = { ...settings, headers, url, format: 'basset', formatOptions: { url_is_secret: true } };
      return (await previews.of(webhook, event)).body;
    };
    expect(await shown('planted-tail-1', 'planted-token')).toBe(await shown('other', 'other'));
  });

  it('is refused with a reason of one clean line', async () => {
    const formatOptions = { template: { a: { $eval: 'data.none' } } };
    const webhook = { ...settings, url: 'https://a.example/', format: 'custom', formatOptions };
    await expect(previews.of(webhook, { data })).rejects.toMatchObject({
      fields: [{ loc: ['body', 'format_options'] }],
    });
  });
});
