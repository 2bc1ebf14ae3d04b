import { defaultInterpretation } from '../default-interpretation.js';
import { seconds } from '../event-time.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { messageOf } from '../message.js';
import { findings, unlessPath } from '../receiver-url.js';
import { SEVERITIES } from '../severity.js';
import { fit, utf8Length } from '../text.js';
import { jsonText, writtenData } from '../wire.js';

const GELF_PATH = /\/gelf\/?$/;
/** Graylog indexes `_data` as one term, and its index refuses a term over 32,766 bytes. */
const MOST_TERM = 32_000;

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    host: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      default: 'basset-hound',
      description: 'The `host` (in Graylog: the source) of each message.',
    },
  },
};

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const { title, severity, cut } = messageOf(event, { fields: [] });
  const data = fit(writtenData(event).text, MOST_TERM, { measure: utf8Length });
  const message = {
    version: '1.1',
    host: typeof options.host === 'string' ? options.host : 'basset-hound',
    short_message: title,
    full_message: event.body.toString('utf8'),
    timestamp: seconds(event),
    // Without it Graylog takes 1, alert.
    level: SEVERITIES[severity].syslog,
    _event: event.event,
    _event_id: event.id,
    ...(event.projectId === null ? {} : { _project_id: event.projectId }),
    _severity: severity,
    _data: data.text,
  };
  const headers = { 'Content-Type': 'application/json' };
  const body = Buffer.from(jsonText(message));
  return { method: 'POST', url, headers, body, truncated: data.cut || cut.title };
}

/** Graylog Extended Log Format 1.1 over HTTP: https://go2docs.graylog.org, "GELF". */
export const gelf: Format = {
  name: 'gelf',
  title: 'Graylog (GELF over HTTP)',
  category: 'logs',
  version: 1,
  urlRule: 'Ends in /gelf, such as https://graylog.example:12201/gelf.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { data_bytes: MOST_TERM },
  optionsSchema: OPTIONS,
  checkUrl: (url) => findings([unlessPath(url, GELF_PATH, 'must end in /gelf')]),
  render,
  interpret: (answer) => defaultInterpretation(answer),
};
