import { defaultInterpretation } from '../default-interpretation.js';
import type { Format, FormatEvent, FormatOptions, FormatWebhook, RenderedRequest } from '../format.js';
import { findings } from '../receiver-url.js';
import { jsonText, writtenData } from '../wire.js';
import { contextAttributes, headerValue } from './context-attributes.js';
import { handshake, HANDSHAKE_OPTION } from './handshake.js';

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    mode: {
      enum: ['structured', 'binary'],
      default: 'structured',
      description:
        '`structured`: one JSON document with everything in it; `binary`: the body is `data`, the attributes are `ce-*` headers.',
    },
    source: {
      type: 'string',
      minLength: 1,
      maxLength: 2048,
      pattern: "^[A-Za-z0-9\\-._~:/?#\\[\\]@!$&'()*+,;=%]+$",
      description:
        'The attribute `source`, a URI reference. Absent: `/basset-hound/projects/<project>`, or `/basset-hound` for an event of no project.',
    },
    type_prefix: {
      type: 'string',
      maxLength: 200,
      pattern: '^[A-Za-z0-9._-]*$',
      default: 'basset_hound.',
      description: 'What stands before the event in the attribute `type`, such as `com.example.basset.`.',
    },
    handshake: HANDSHAKE_OPTION,
  },
};

function structured(event: FormatEvent, options: FormatOptions): Pick<RenderedRequest, 'headers' | 'body'> {
  const whole = {
    ...contextAttributes(event, options),
    datacontenttype: 'application/json',
    data: writtenData(event),
  };
  return {
    headers: { 'Content-Type': 'application/cloudevents+json; charset=utf-8' },
    body: Buffer.from(jsonText(whole)),
  };
}

function binary(event: FormatEvent, options: FormatOptions): Pick<RenderedRequest, 'headers' | 'body'> {
  const attributes = Object.entries(contextAttributes(event, options));
  return {
    headers: {
      'Content-Type': 'application/json',
      ...Object.fromEntries(attributes.map(([name, value]) => [`ce-${name}`, headerValue(value)])),
    },
    body: Buffer.from(jsonText(writtenData(event))),
  };
}

function render(event: FormatEvent, options: FormatOptions, { url }: FormatWebhook): RenderedRequest {
  const message = options.mode === 'binary' ? binary(event, options) : structured(event, options);
  return { method: 'POST', url, ...message, truncated: false };
}

/** CloudEvents 1.0 over HTTP: https://github.com/cloudevents/spec, bindings/http-protocol-binding.md. */
export const cloudevents: Format = {
  name: 'cloudevents',
  title: 'CloudEvents 1.0 (HTTP, structured or binary)',
  category: 'events',
  version: 2,
  urlRule: 'Any http or https URL.',
  urlIsSecret: false,
  signed: true,
  rate: { perSecond: null, per: 'destination' },
  limits: { event_bytes_that_every_intermediary_passes_on: 64 * 1024 },
  optionsSchema: OPTIONS,
  checkUrl: () => findings([]),
  render,
  handshake,
  interpret: (answer) => defaultInterpretation(answer),
};
