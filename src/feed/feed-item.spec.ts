import { describe, expect, it } from '@jest/globals';
import { eventText, FeedItem, matches, TOPICS, type FeedFilter, type Subject } from './feed-item.js';

const item = (about: Subject): FeedItem => new FeedItem('x', about, () => ({}));
const delivery = item({
  topic: 'deliveries',
  webhookIds: ['w'],
  event: 'entity.created',
  projectId: 'p',
  status: 'failed',
});
const event = item({ topic: 'events', webhookIds: ['v', 'w'], event: 'entity.created', projectId: null });
const webhook = item({ topic: 'webhooks', webhookIds: ['w'] });
const changed = item({ topic: null, webhookIds: [] });

const passing = (filter: Partial<FeedFilter>): string[] =>
  Object.entries({ delivery, event, webhook, changed })
    .filter(([, one]) => matches({ topics: new Set(TOPICS), ...filter }, one))
    .map(([name]) => name);

describe('a filter of the feed', () => {
  it.each<[Partial<FeedFilter>, string[]]>([
    [{}, ['delivery', 'event', 'webhook', 'changed']],
    [{ topics: new Set(['events']) }, ['event', 'changed']],
    [{ webhookId: 'w' }, ['delivery', 'event', 'webhook', 'changed']],
    [{ webhookId: 'v' }, ['event', 'changed']],
    [{ event: 'entity.created' }, ['delivery', 'event', 'webhook', 'changed']],
    [{ event: 'entity.deleted' }, ['webhook', 'changed']],
    [{ projectId: 'p' }, ['delivery', 'webhook', 'changed']],
    [{ status: 'success' }, ['event', 'webhook', 'changed']],
  ])('%j lets pass %j', (filter, names) => {
    expect(passing(filter)).toEqual(names);
  });
});

describe('an item', () => {
  it('is one line of JSON, whatever it says, and made once', () => {
    let made = 0;
    const told = new FeedItem('delivery', { topic: null, webhookIds: [] }, () => ({
      n: ++made,
      a: 'x\n\ndata: y\r',
    }));
    expect(told.text).toBe('event: delivery\ndata: {"n":1,"a":"x\\n\\ndata: y\\r"}\n\n');
    expect(told.text).toBe(eventText('delivery', { n: 1, a: 'x\n\ndata: y\r' }));
  });
});
