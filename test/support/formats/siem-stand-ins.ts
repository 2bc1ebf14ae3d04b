import type { Answer, ReceivedRequest } from '../receiver.js';

type StandIn = (request: ReceivedRequest) => Answer;

const json = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) });
const text = ({ body }: ReceivedRequest): string => body.toString();
const lines = (request: ReceivedRequest): string[] => text(request).trimEnd().split('\n');

function splunk({ path, headers, json: event }: ReceivedRequest): Answer {
  if (!/^Splunk [-\da-f]{36}$/.test(headers.authorization ?? ''))
    return json(401, { text: 'Invalid authorization', code: 3 });
  if (path !== '/services/collector/event')
    return json(404, { text: 'The requested URL was not found', code: 404 });
  if (event?.event === undefined) return json(400, { text: 'Event field is required', code: 12 });
  return json(200, { text: 'Success', code: 0 });
}

function elasticsearch(request: ReceivedRequest): Answer {
  if (request.headers['content-type'] !== 'application/x-ndjson') return json(406, { error: {} });
  const [action, document, ...more] = lines(request);
  const isRight = more.length === 0 && JSON.parse(action!).create._id && JSON.parse(document!)['@timestamp'];
  if (!isRight || !text(request).endsWith('\n')) return json(400, { error: { type: 'illegal_argument' } });
  return json(200, { errors: false, items: [{ create: { status: 201 } }] });
}

function loki({ json: body }: ReceivedRequest): Answer {
  const [time, line] = body?.streams?.[0]?.values?.[0] ?? [];
  return typeof time === 'string' && typeof line === 'string'
    ? { status: 204 }
    : { status: 400, body: 'error at least one label pair is required' };
}

const otlp: StandIn = ({ json: body }) =>
  /^\d+$/.test(body?.resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0]?.timeUnixNano ?? '')
    ? json(200, {})
    : json(400, { code: 3, message: 'ReadUint64' });

const secOps: StandIn = (request) =>
  request.headers['x-goog-api-key'] && lines(request).every((line) => JSON.parse(line).class_uid >= 0)
    ? json(200, {})
    : json(401, { error: { message: 'API key not valid' } });

const pagerDuty: StandIn = ({ json: body }) =>
  body?.routing_key?.length === 32 && body.payload?.summary
    ? json(202, { status: 'success', dedup_key: body.dedup_key })
    : json(400, { status: 'invalid event', errors: ["'routing_key' is missing"] });

/** Who takes log lines takes whatever comes as one event, and so would take two lines for one: that is refused here. */
const takesOne =
  (line: RegExp): StandIn =>
  (request) => ({ status: line.test(text(request)) ? 200 : 400 });
const arcSight = takesOne(/^CEF:0\|[^\n]*$/);
const qradar = takesOne(/^LEEF:2\.0\|[^\n]*$/);

const graylog: StandIn = ({ json: body }) =>
  body?.version === '1.1' && body.short_message ? { status: 202 } : { status: 400, body: 'no short_message' };

const alertmanager: StandIn = ({ json: body }) =>
  body?.[0]?.labels?.alertname ? { status: 200 } : json(400, { code: 601, message: 'labels are required' });

const broker: StandIn = ({ headers }) =>
  headers['ce-specversion'] === '1.0' && headers['ce-id'] ? { status: 202 } : { status: 400 };

/**
 * What the receivers of the pages for SIEM, logs, events and alerts take and refuse: wiring only, as `STAND_INS`. What
 * real ones make of it is the business of `npm run test:receivers`.
 */
export const SIEM_STAND_INS: readonly (readonly [page: string, format: string, standIn: StandIn])[] = [
  ['splunk_hec', 'splunk_hec', splunk],
  ['elasticsearch', 'elasticsearch', elasticsearch],
  ['loki', 'loki', loki],
  ['otlp_logs', 'otlp_logs', otlp],
  ['ocsf', 'ocsf', secOps],
  ['pagerduty', 'pagerduty', pagerDuty],
  ['cef', 'cef', arcSight],
  ['leef', 'leef', qradar],
  ['gelf', 'gelf', graylog],
  ['alertmanager', 'alertmanager', alertmanager],
  ['cloudevents', 'cloudevents', broker],
];
