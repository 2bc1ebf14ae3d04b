import { defaultInterpretation, pageInstead } from '../default-interpretation.js';
import { instant, milliseconds } from '../event-time.js';
import type {
  Answer,
  Format,
  FormatEvent,
  FormatOptions,
  FormatWebhook,
  Interpretation,
  RenderedRequest,
} from '../format.js';
import { type Message, MESSAGE_OPTIONS, messageOf } from '../message.js';
import { wordsOf } from '../read-answer.js';
import { findings, unlessPath } from '../receiver-url.js';
import { jsonText } from '../wire.js';

const ALERTS_PATH = /\/api\/v2\/alerts\/?$/;
const DURATION = 300;
/** Above `group_wait` (30 s by default) and the way there. */
const LEAST_DURATION = 60;
/** Alertmanager prints years of four digits only. */
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    duration: {
      type: 'integer',
      minimum: 1,
      maximum: 604_800,
      default: DURATION,
      description:
        'Seconds after which the alert is resolved, counted from the time of the event; below 60 nobody may be told of it.',
    },
    event_label: {
      type: 'boolean',
      default: false,
      description:
        'Whether the event id is a label: each event is an alert of its own then, instead of one alert for all of the same type, severity and project.',
    },
    labels: {
      type: 'object',
      maxProperties: 20,
      propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,127}$', not: { pattern: '^__' } },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 1024 },
      default: {},
      description:
        'Labels of your own, with the same value for every event; they replace ours of the same name.',
    },
    link_template: MESSAGE_OPTIONS.link_template,
  },
};

/** `entity.created` is `BassetHoundEntityCreated`. */
const alertName = (event: string): string =>
  `BassetHound${event
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

const ownLabels = ({ labels }: FormatOptions): Record<string, string> =>
  (labels as Record<string, string> | undefined) ?? {};

/** Labels say which alert it is, and what it is grouped by. */
const labelsOf = (event: FormatEvent, options: FormatOptions, severity: string): Record<string, string> => ({
  alertname: alertName(event.event),
  event: event.event,
  severity,
  ...(event.projectId === null ? {} : { project_id: event.projectId }),
  ...(options.event_label === true ? { event_id: event.id } : {}),
  ...ownLabels(options),
});

function alertOf(event: FormatEvent, options: FormatOptions, message: Message): Record<string, unknown> {
  const { severity, title, summary, link } = message;
  const seconds = typeof options.duration === 'number' ? options.duration : DURATION;
  const end = Math.min(milliseconds(event) + seconds * 1000, LAST_TIME);
  return {
    labels: labelsOf(event, options, severity),
    annotations: { summary: title, description: summary, event_id: event.id },
    startsAt: instant(event),
    endsAt: new Date(end).toISOString(),
    ...(link === null ? {} : { generatorURL: link }),
  };
}

/** An alert that ended before Alertmanager tells of it is told of to nobody. */
const shortWarning = ({ duration }: FormatOptions): string | undefined =>
  typeof duration === 'number' && duration < LEAST_DURATION
    ? `A duration of ${duration} seconds is over before Alertmanager has waited for its group (group_wait, 30 seconds by default), and nobody is told of an alert that has ended: write at least ${LEAST_DURATION}`
    : undefined;

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const message = messageOf(event, { ...options, fields: [] });
  const body = Buffer.from(jsonText([alertOf(event, options, message)]));
  const truncated = message.cut.title || message.cut.summary;
  return { method: 'POST', url, headers: { 'Content-Type': 'application/json' }, body, truncated };
}

function interpret(answer: Answer): Interpretation {
  const page = pageInstead(answer);
  if (page) return page;
  const { outcome } = defaultInterpretation(answer);
  const words = wordsOf(answer);
  return outcome === 'success' || words === ''
    ? { outcome }
    : { outcome, reason: `Alertmanager: ${words} (HTTP ${answer.status})` };
}

/** Prometheus Alertmanager, API v2: its api/v2/openapi.yaml. */
export const alertmanager: Format = {
  name: 'alertmanager',
  title: 'Prometheus Alertmanager (API v2)',
  category: 'monitoring',
  version: 2,
  urlRule: 'Ends in /api/v2/alerts, such as https://alertmanager.example:9093/api/v2/alerts.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: {},
  optionsSchema: OPTIONS,
  checkUrl: (url, options) =>
    findings([unlessPath(url, ALERTS_PATH, 'must end in /api/v2/alerts')], [shortWarning(options)]),
  render,
  interpret,
};
