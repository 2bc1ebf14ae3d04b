import { describe, expect, it } from '@jest/globals';
import { EcsFlat, EcsVersion } from '@elastic/ecs';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import {
  anyEvent,
  expectDeterministic,
  expectEveryAnswerTaken,
} from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { elasticsearch } from './elasticsearch.js';

const WEBHOOK = {
  id: 'w-1',
  name: 'SIEM',
  url: 'https://es.example:9200/logs-basset_hound.events-default/_bulk',
};
const render = (event: FormatEvent, options = {}, webhook = WEBHOOK): string =>
  elasticsearch.render(event, options, webhook).body.toString();
const document = (event: FormatEvent, options = {}, webhook = WEBHOOK): any =>
  JSON.parse(render(event, options, webhook).split('\n')[1]!);

const SCHEMA = EcsFlat as unknown as Record<string, any>;

/** Each field with its value; a list is one value. */
function leaves(value: any, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

/** What the Elastic Common Schema says against a document. */
function violations(found: any): string[] {
  const unknown = leaves(found)
    .map(([path]) => path)
    .filter((path) => !(path in SCHEMA) && !path.startsWith('labels.'));
  const categories: string[] = found.event.category ?? [];
  const types: string[] = found.event.type;
  const allowed = SCHEMA['event.category'].allowed_values;
  const expected = categories.flatMap(
    (name) => allowed.find((entry: any) => entry.name === name)?.expected_event_types ?? [],
  );
  const known = SCHEMA['event.type'].allowed_values.map(({ name }: any) => name);
  const odd = types.filter((type) => !(categories.length > 0 ? expected : known).includes(type));
  return [...unknown, ...odd];
}

describe('what Elasticsearch is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('elasticsearch', elasticsearch, { data: 'flattened' }, WEBHOOK.url);
  });

  it.each(SAMPLE_EVENTS.map((event) => [`${event.kind} ${event.event}`, event] as const))(
    'is a document of the Elastic Common Schema: %s',
    (_name, event) => {
      const found = document(event);
      expect(violations(found)).toEqual([]);
      expect(found.ecs.version).toBe(EcsVersion);
      expect(found.event.original === event.body.toString()).toBe(true);
    },
  );

  it('is two lines with a line break each, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, fc.constantFrom({}, { data: 'flattened' }), (event, options) => {
        const lines = render(event, options).split('\n');
        expect(lines).toHaveLength(3);
        expect(lines[2]).toBe('');
        expect(JSON.parse(lines[0]!)).toEqual({ create: { _id: event.id } });
        expect(JSON.parse(lines[1]!).event.original).toBe(event.body.toString());
        expect(lines[1]).not.toMatch(/(?<!\\)(\\\\)*\\ud[89ab]..(?!\\ud[c-f])/i);
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(elasticsearch, { data: 'flattened' }, WEBHOOK.url);
  });

  it('has data as fields only where it is asked for', () => {
    const event = eventOf('entity.created', { name: 'Jane', deep: { a: [1] } });
    expect(document(event).basset_hound).toBeUndefined();
    expect(document(event, { data: 'flattened' }).basset_hound).toEqual({ data: event.data });
  });

  it('has no field that an index refuses', () => {
    const nul = String.fromCharCode(0);
    const deep = JSON.parse('{"a":'.repeat(80) + '[1]' + '}'.repeat(80)) as object;
    const data = { long: 'é'.repeat(40_000), ['k'.repeat(5_000)]: 1, [`n${nul}l`]: ['x'], deep };
    const { body, truncated } = elasticsearch.render(
      eventOf('entity.created', data),
      { data: 'flattened' },
      WEBHOOK,
    );
    const fields = JSON.parse(body.toString().split('\n')[1]!).basset_hound.data;
    expect(fields).toMatchObject({ long: 'é'.repeat(8_191), 'n\ufffdl': ['x'] });
    expect(Object.keys(fields)).toEqual(['long', 'n\ufffdl', 'deep']);
    expect(/^(?:{"a":)+"{/.exec(JSON.stringify(fields.deep))?.[0].match(/{/g)?.length).toBeLessThan(66);
    expect(truncated).toBe(true);
    expect(elasticsearch.render(eventOf('entity.created', data), {}, WEBHOOK).truncated).toBe(false);
  });

  it.each([
    ['system.health', { kind: 'webhook.disabled' }, { type: ['error'] }],
    ['case.closed', {}, { type: ['info'] }],
    ['constructor.called', {}, { type: ['info'] }],
    ['import.failed', {}, { category: ['database'], type: ['error'], outcome: 'failure' }],
  ])('is of the kind that ECS has for %s', (type, data, kind) => {
    const { event } = document(eventOf(type, data));
    expect({ category: event.category, type: event.type, outcome: event.outcome }).toEqual(kind);
  });

  it('has the name of its own data stream, and no project where there is none', () => {
    const event = eventOf('system.health', {}, { projectId: null });
    const at = (target: string): any =>
      document(event, {}, { ...WEBHOOK, url: `https://es.example/${target}/_bulk` });
    expect(at('logs-osint-prod')).toMatchObject({
      data_stream: { type: 'logs', dataset: 'osint', namespace: 'prod' },
      event: { dataset: 'osint' },
    });
    expect(at('old-logs-osint-prod').data_stream).toBeUndefined();
    expect(at('osint').event.dataset).toBe('basset_hound.events');
    expect(at('osint')).not.toHaveProperty('labels');
  });

  it('names its data stream only where the target is one', () => {
    const [event] = SAMPLE_EVENTS;
    const stream = { type: 'logs', dataset: 'basset_hound.events', namespace: 'default' };
    expect(document(event!).data_stream).toEqual(stream);
    const plain = { ...WEBHOOK, url: 'https://es.example/prefix/osint/_bulk?pipeline=x' };
    expect(document(event!, {}, plain).data_stream).toBeUndefined();
    expect(elasticsearch.render(event!, {}, plain).url).toBe(
      `${plain.url}&filter_path=errors%2Citems.*.status%2Citems.*.error.type%2Citems.*.error.reason`,
    );
  });
});

const item = (status: number, type?: string, reason = 'because'): object => ({
  errors: status >= 300,
  items: [{ create: { status, ...(type === undefined ? {} : { error: { type, reason } }) } }],
});

describe('what Elasticsearch answers', () => {
  it.each([
    [200, { errors: false, items: [{ create: { status: 201 } }] }, 'success'],
    [200, { took: 3, errors: false }, 'success'],
    [200, item(409, 'version_conflict_engine_exception'), 'success'],
    [200, item(400, 'document_parsing_exception'), 'rejected'],
    [200, item(400, 'mapper_parsing_exception'), 'rejected'],
    [200, item(400, 'illegal_argument_exception'), 'rejected'],
    [200, item(400, 'index_closed_exception'), 'blocked'],
    [200, item(400, 'invalid_index_name_exception'), 'blocked'],
    [200, item(400, 'invalid_alias_name_exception'), 'blocked'],
    [200, item(429, 'es_rejected_execution_exception'), 'throttled'],
    [200, item(429, 'circuit_breaking_exception'), 'throttled'],
    [200, item(429, 'cluster_block_exception'), 'throttled'],
    [200, item(404, 'index_not_found_exception'), 'blocked'],
    [200, item(403, 'cluster_block_exception'), 'blocked'],
    [200, item(403, 'security_exception'), 'blocked'],
    [200, item(500, 'exception'), 'retry'],
    [200, item(503, 'unavailable_shards_exception'), 'throttled'],
    [200, { errors: true }, 'retry'],
    [200, '<html>login</html>', 'blocked'],
    [200, '', 'blocked'],
    [400, { error: { type: 'illegal_argument_exception', reason: 'x' }, status: 400 }, 'rejected'],
    [401, { error: { type: 'security_exception', reason: 'x' }, status: 401 }, 'blocked'],
    [403, '', 'blocked'],
    [404, '', 'blocked'],
    [405, '', 'blocked'],
    [413, '', 'rejected'],
    [429, '', 'throttled'],
    [503, '', 'throttled'],
    [502, '', 'retry'],
    [409, '', 'retry'],
  ])('%i %j is %s', (status, body, outcome) => {
    expect(elasticsearch.interpret(answer(status, body), {}).outcome).toBe(outcome);
  });

  it('is understood although it was cut after 1 KiB', () => {
    const cut = JSON.stringify(item(400, 'document_parsing_exception', 'r'.repeat(5000))).slice(0, 1024);
    const { outcome, reason } = elasticsearch.interpret(answer(200, cut), {});
    expect(outcome).toBe('rejected');
    expect(reason).toMatch(/^Elasticsearch: document_parsing_exception: r{300,}$/);
  });

  it.each([
    [200, item(409, 'version_conflict_engine_exception'), undefined],
    [400, { error: { type: 'a_exception', reason: 'b' }, status: 400 }, 'Elasticsearch: a_exception: b'],
    [400, { error: { type: 'a_exception' }, status: 400 }, 'Elasticsearch: a_exception'],
    [401, '', undefined],
    [200, '', 'Elasticsearch: this is not the answer of a bulk request'],
  ])('%i %j is told as %s', (status, body, reason) => {
    expect(elasticsearch.interpret(answer(status, body), {}).reason).toBe(reason);
  });

  it('is not turned round by what stands in the reason', () => {
    const evil = item(400, 'document_parsing_exception', '"errors":false,"status":201');
    expect(elasticsearch.interpret(answer(200, evil), {}).outcome).toBe('rejected');
  });

  it('is always taken somehow', () => {
    expectEveryAnswerTaken(elasticsearch);
  });
});

describe('the URL', () => {
  it.each([
    ['https://es.example:9200/osint/_bulk', 0],
    ['https://es.example:9200/osint/_bulk?filter_path=errors,items.*.status', 0],
    ['https://es.example:9200/osint/_bulk?filter_path=took', 1],
    ['https://es.example:9200/osint/_bulk?filter_path=errors', 1],
    ['https://es.example:9200/osint/_bulk?filter_path=items.*.status', 1],
    ['https://es.example:9200/osint/_bulk/x', 1],
    ['https://es.example:9200/_bulk', 1],
    ['https://es.example:9200/osint/_doc', 1],
  ])('%s has %i problems', (url, problems) => {
    expect(elasticsearch.checkUrl(new URL(url), {}, []).problems).toHaveLength(problems);
  });
});
