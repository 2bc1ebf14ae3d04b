import { BATCH_OPTION, batchOf, joinBodies } from '../batch.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { findings, unlessPath, withQuery } from '../receiver-url.js';
import { interpretBulk, interpretBulkItems } from './bulk-answers.js';
import { jsonText } from '../wire.js';
import { ecsDocument } from './ecs-document.js';
import { searchable } from './searchable.js';

const BULK_PATH = /\/[^/]+\/_bulk$/;
const FILTER = 'errors,items.*.status,items.*.error.type,items.*.error.reason';

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    data: {
      enum: ['original', 'flattened'],
      default: 'original',
      description:
        'Where `data` goes: `original`: only into `event.original`, as text; `flattened`: also into `basset_hound.data`, which needs the index template of docs/formats/elasticsearch.md.',
    },
    batch: BATCH_OPTION,
  },
};

/** The name of the data stream or index: the last piece of the path before `_bulk`. */
const targetOf = (url: string): string => /([^/]+)\/_bulk$/.exec(new URL(url).pathname)?.[1] ?? '';

function render(event: FormatEvent, options: FormatOptions, webhook: FormatWebhook): RenderedRequest {
  const action = jsonText({ create: { _id: event.id } });
  const fields = options.data === 'flattened' ? searchable(event.data) : undefined;
  const { document, truncated } = ecsDocument(event, targetOf(webhook.url), fields?.data);
  return {
    method: 'POST',
    url: withQuery(webhook.url, { filter_path: FILTER }),
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: Buffer.from(`${action}\n${jsonText(document)}\n`),
    truncated: truncated || (fields?.cut ?? false),
  };
}

/** A filter of the user's own must leave what tells success from failure. */
function filterProblem(url: URL): string | undefined {
  const filter = url.searchParams.get('filter_path');
  if (filter === null || (filter.includes('errors') && filter.includes('status'))) return undefined;
  return 'must keep errors and items.*.status in filter_path, or leave filter_path out';
}

/**
 * The bulk API of Elasticsearch, OpenSearch and what imitates it. `create` with our own id: data streams take nothing
 * else, and a repeat is answered with 409 instead of a second document.
 */
export const elasticsearch: Format = {
  name: 'elasticsearch',
  title: 'Elasticsearch, OpenSearch (ECS documents by _bulk)',
  category: 'siem',
  version: 3,
  urlRule:
    'Names the data stream or index and ends in /_bulk, such as https://host:9200/logs-basset_hound.events-default/_bulk.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { id_bytes: 512, request_bytes: 100 * 1024 * 1024 },
  optionsSchema: OPTIONS,
  checkUrl: (url) =>
    findings([unlessPath(url, BULK_PATH, 'must end in /<data stream or index>/_bulk'), filterProblem(url)]),
  render,
  interpret: interpretBulk,
  batch: {
    maxBytes: 2 * 1024 * 1024,
    maxEvents: batchOf,
    join: joinBodies,
    interpret: interpretBulkItems,
  },
};
