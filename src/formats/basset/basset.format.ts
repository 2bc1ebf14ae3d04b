import type { Answer, Format, Interpretation } from '../format.js';

function interpret({ status }: Answer): Interpretation {
  if (status >= 200 && status < 300) return { outcome: 'success' };
  if (status === 410) return { outcome: 'gone' };
  return { outcome: status === 429 ? 'throttled' : 'retry' };
}

/**
 * The event's own body, signed: what every webhook gets that names no format. The engine sends it without asking here, so
 * that it costs nothing; this is for whoever lists the formats or looks at a preview.
 */
export const BASSET: Format = {
  name: 'basset',
  title: 'Basset Hound (the event as it is, signed)',
  category: 'events',
  version: 1,
  urlRule: 'Any http:// or https:// URL.',
  urlIsSecret: false,
  signed: true,
  rate: { perSecond: null, per: 'destination' },
  limits: {},
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      url_is_secret: {
        type: 'boolean',
        default: false,
        description: 'Whoever knows the URL can send: its path and query are encrypted and shown as ***.',
      },
    },
  },
  checkUrl: () => ({ problems: [], warnings: [] }),
  render: ({ body }, _, { url }) => ({
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/json' },
    body,
    truncated: false,
  }),
  interpret,
};
