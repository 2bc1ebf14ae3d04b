import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { setPrograms } from './program.js';
import { anew, idsOf, LARGE, REASONABLE, type Sample } from './samples.js';
import { setService } from './through-service.js';
import * as tools from './tools.js';

// The first run fetches it.
jest.setTimeout(900_000);

const classPath = await tools.openSearch();
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'formats', 'elasticsearch.md');

const programs = setPrograms();
const scene = setService();

(classPath === undefined ? describe.skip : describe)('OpenSearch', () => {
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const args = ['-Xms400m', '-Xmx400m', '-XX:+UseSerialGC', '-cp', classPath!, 'OpenSearch', String(port)];
    await programs.start('java', [...args, join(programs.directory, 'opensearch')], url);
  });

  async function ask(method: string, path: string, body?: string): Promise<any> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body && { body }) });
    const answer: any = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async function documentsOf(target: string): Promise<any[]> {
    await ask('POST', `/${target}/_refresh`);
    const { hits } = await ask('GET', `/${target}/_search?size=1000`);
    return hits.hits;
  }

  const webhookFor = (target: string, more: object = {}): object => ({
    ...{ url: `${url}/${target}/_bulk`, format: 'elasticsearch', max_requests_per_second: 2, ...more },
  });

  async function expectStored(target: string, sent: readonly Sample[]): Promise<ReadonlyMap<string, any>> {
    const documents = await documentsOf(target);
    expect(documents.map(({ _id: id }) => id).sort()).toEqual(idsOf(sent));
    const byId = new Map(documents.map(({ _id: id, _source: source }) => [id, source]));
    for (const { id, event, body, timestamp } of sent)
      expect(byId.get(id)).toMatchObject({
        '@timestamp': timestamp,
        event: { action: event, id, original: body.toString() },
      });
    return byId;
  }

  describe('with the index template of our page', () => {
    const stream = 'logs-basset_hound.events-default';

    beforeAll(async () => {
      const [, template] = /OpenSearch has no[\s\S]*?PUT _index_template\/basset-hound\n([\s\S]*?)```/.exec(
        readFileSync(PAGE, 'utf8'),
      )!;
      await ask('PUT', '/_index_template/basset-hound', template);
    });

    it('has a data stream of the events, with data that can be searched', async () => {
      const sent = anew([...REASONABLE, ...LARGE]);
      const webhook = webhookFor(stream, { format_options: { data: 'flattened' } });
      expect(await scene.service.deliver(webhook, sent)).toEqual([]);
      const { data_streams: streams } = await ask('GET', `/_data_stream/${stream}`);
      expect(streams).toHaveLength(1);
      const byId = await expectStored(stream, sent);
      const plain = sent.find(({ kind }) => kind === 'plain');
      expect(byId.get(plain!.id).basset_hound.data).toEqual(plain!.data);
      const query = { query: { term: { 'basset_hound.data.name': 'Jane Roe' } } };
      const { hits } = await ask('POST', `/${stream}/_search`, JSON.stringify(query));
      expect(hits.total.value).toBe(REASONABLE.filter(({ data }) => data.name === 'Jane Roe').length);
    });
  });

  it('takes every event where no template tells it how', async () => {
    const sent = anew([...REASONABLE, ...LARGE]);
    expect(await scene.service.deliver(webhookFor('events-plain'), sent)).toEqual([]);
    await expectStored('events-plain', sent);
  });

  it('takes an event that comes again for delivered, and stores it once', async () => {
    const sent = anew(REASONABLE.slice(0, 5));
    const target = 'events-repeated';
    const bodies = sent.map(({ id }) => `{"create":{"_id":"${id}"}}\n{"first":true}\n`).join('');
    await ask('POST', `/${target}/_bulk`, bodies);
    expect(await scene.service.deliver(webhookFor(target), sent)).toEqual([]);
    expect((await documentsOf(target)).map(({ _source: source }) => source)).toEqual(
      sent.map(() => ({ first: true })),
    );
  });

  it('refuses the event that its mapping does not take, and has the others of the same request', async () => {
    const target = 'events-strict';
    const mappings = { properties: { labels: { properties: { project_id: { type: 'integer' } } } } };
    await ask('PUT', `/${target}`, JSON.stringify({ mappings }));
    const sent = anew(REASONABLE.slice(0, 8)).map((event, n) => ({
      ...event,
      projectId: n === 3 ? 'no number' : String(n),
    }));
    const refused = await scene.service.deliver(webhookFor(target), sent);
    expect(refused).toEqual([
      expect.stringMatching(/^evt-.*: rejected Elasticsearch: mapper_parsing_exception/),
    ]);
    expect(refused[0]).toContain(sent[3]!.id);
    expect((await documentsOf(target)).map(({ _id: id }) => id).sort()).toEqual(
      idsOf(sent.filter((_, n) => n !== 3)),
    );
  });

  it('has no such index and may not make one: what waits is kept', async () => {
    const { outcome, error_message: reason } = await scene.service.tried(webhookFor('nowhere'));
    expect(outcome).toBe('blocked');
    expect(reason).toContain('index_not_found_exception');
  });
});
